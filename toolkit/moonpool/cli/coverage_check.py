"""`moonpool coverage check` and `baseline`: judges what was combined last, once for everything."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moonpool import moon as moons
from moonpool.cli.output import print_error, print_json, print_lines, print_note, wants_colour
from moonpool.config import find_places, read_settings
from moonpool.config.gates import GateKeys
from moonpool.coverage.analysis import analysed
from moonpool.coverage.baseline import raised, read_baseline, write_baseline
from moonpool.coverage.changed import changed_numbers, uncovered_ranges
from moonpool.coverage.changes import changed_lines
from moonpool.coverage.combined import load_combined
from moonpool.coverage.foreign import read_foreign_shares
from moonpool.coverage.gates import State
from moonpool.coverage.judgement import Thresholds, judge
from moonpool.coverage.report import report_on
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from moonpool.coverage.gates import Verdict
    from moonpool.coverage.numbers import FileNumbers
    from moonpool.coverage.report import Report

__all__ = ["baseline", "check"]

_JSON_VERSION = 1
_PERCENT = click.FloatRange(0, 100)
_COLOURS = {State.PASSED: 32, State.FAILED: 31, State.UNKNOWN: 33}


@click.command("check")
@click.option("--total", type=_PERCENT, help="The least percentage of the whole workspace.")
@click.option("--each", type=_PERCENT, help="The least percentage of each project.")
@click.option("--changed", type=_PERCENT, help="The least percentage of changed lines.")
@click.option("--base", help="The revision that changed lines are compared with.")
@click.option(
    "--annotate/--no-annotate",
    default=lambda: os.environ.get("GITHUB_ACTIONS") == "true",
    help="Print uncovered changed lines as GitHub's annotations; by default in GitHub Actions.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(
    total: float | None,
    each: float | None,
    changed: float | None,
    base: str | None,
    annotate: bool,
    as_json: bool,
) -> int:
    """Judge what was combined last: projects, total, changed lines, and the baseline.

    Options beat `[tool.moonpool.gates]`. Exit code 1: a gate fails; 68: one cannot be judged.
    """
    workspace = moons.find_workspace(Path.cwd(), environ=os.environ)
    keys = _gates(workspace.root)
    base = base or keys.base
    changed = keys.changed if changed is None else changed
    if changed is not None and base is None:
        raise _no_base()
    with _reported(workspace.root) as (report, refused):
        wanted = Thresholds(
            total=keys.total if total is None else total,
            each=_each(workspace.root, report, each),
            changed=changed,
            changes=None if base is None else _changes(workspace.root, base, report),
            baseline=read_baseline(workspace.root / keys.baseline),
            tolerance=keys.tolerance,
        )
        verdicts = judge(report, wanted, workspace.root)
        touched = changed_numbers(report, wanted.changes or {}, workspace.root)
    if as_json:
        print_json(_JSON_VERSION, _as_json(verdicts, touched, refused))
    else:
        print_lines(_as_text(verdicts, colour=wants_colour(sys.stdout)))
    if annotate and not as_json:
        print_lines("\n".join(_annotations(touched)))
    for error in refused:
        print_error(error)
    return _exit_code(verdicts, refused)


@click.command("baseline")
@click.option("--lower", is_flag=True, help="Also take over percentages that have fallen.")
def baseline(lower: bool) -> int:
    """Write what was combined last as the baseline that later checks must not fall below."""
    workspace = moons.find_workspace(Path.cwd(), environ=os.environ)
    name = _gates(workspace.root).baseline
    with _reported(workspace.root) as (report, refused):
        before = read_baseline(workspace.root / name)
        after, kept = raised(before, report.numbers.projects, lower=lower)
    write_baseline(workspace.root / name, after)
    print_note(f"wrote {name}")
    for project in kept:
        print_note(f"{project} has fallen: its baseline stays, `--lower` would take it over")
    for error in refused:
        print_error(error)
    return ExitCode.COVERAGE if refused else ExitCode.OK


@contextmanager
def _reported(root: Path) -> Iterator[tuple[Report, list[MoonpoolError]]]:
    combined = load_combined(root)
    foreign, damaged = read_foreign_shares(combined, combined.projects, root)
    with analysed(combined, combined.projects, root) as (found, refused):
        yield report_on(combined.projects, found, foreign), [*refused, *damaged]


def _changes(root: Path, base: str, report: Report) -> dict[str, frozenset[int]]:
    measured = {path for share in report.foreign for path in share.files}
    return changed_lines(root, base, measured=measured)


def _gates(project_root: Path) -> GateKeys:
    return read_settings(find_places(project_root, os.environ), os.environ).gates or GateKeys()


def _each(root: Path, report: Report, asked: float | None) -> dict[str, float | None]:
    if asked is not None:
        return {project.id: asked for project in report.numbers.projects}
    # A project's own word wins over the workspace's.
    return {project.id: _gates(root / project.source).each for project in report.numbers.projects}


def _no_base() -> MoonpoolError:
    return MoonpoolError(
        "found a percentage for changed lines and no revision to compare with",
        hint="add `--base origin/main`, or `base` to `[tool.moonpool.gates]`",
        slug="coverage-base",
        exit_code=ExitCode.USAGE,
    )


def _as_text(verdicts: Sequence[Verdict], *, colour: bool) -> str:
    if not verdicts:
        return "no gates: nothing is asked for in [tool.moonpool.gates] or by a `fail_under`"
    width = max(len(f"{verdict.gate} {verdict.subject}") for verdict in verdicts)
    lines = []
    for verdict in verdicts:
        word = f"{verdict.state:<7}"
        if colour:
            word = f"\033[{_COLOURS[verdict.state]}m{word}\033[0m"
        lines.append(f"{word}  {f'{verdict.gate} {verdict.subject}':<{width}}  {verdict.sentence}")
        lines += [f"         {file.path}: {file.missing}" for file in verdict.files]
    return "\n".join(lines)


def _as_json(
    verdicts: Sequence[Verdict], touched: Sequence[FileNumbers], refused: Sequence[MoonpoolError]
) -> dict[str, Any]:
    return {
        "gates": [
            {
                **{key: value for key, value in asdict(verdict).items() if key != "files"},
                "files": [_file(file) for file in verdict.files],
            }
            for verdict in verdicts
        ],
        "changed": [_file(file) for file in touched if file.missing],
        "errors": [error.message for error in refused],
    }


def _file(file: FileNumbers) -> Mapping[str, object]:
    return {"path": file.path, "missing": file.missing}


def _annotations(touched: Sequence[FileNumbers]) -> Iterator[str]:
    for file in touched:
        # The message's own syntax gives these characters a meaning (docs.github.com).
        path = file.path.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
        for first, last, text in uncovered_ranges(file.missing):
            place = f"file={path},line={first},endLine={last}"
            yield f"::warning {place},title=Changed and not covered::{text}"


def _exit_code(verdicts: Sequence[Verdict], refused: Sequence[MoonpoolError]) -> ExitCode:
    states = {verdict.state for verdict in verdicts}
    if State.FAILED in states:
        return ExitCode.FAILED
    return ExitCode.COVERAGE if refused or State.UNKNOWN in states else ExitCode.OK
