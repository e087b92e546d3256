"""`moonpool coverage combine` and `report`: unites the coverage of all projects, reports on it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from moonpool import moon as moons
from moonpool.cli.coverage_inputs import expected_inputs
from moonpool.cli.output import print_error, print_json, print_lines, print_note, wants_colour
from moonpool.config import find_places, read_settings
from moonpool.coverage.analysis import analysed
from moonpool.coverage.combine import combine, data_errors, shard_errors
from moonpool.coverage.combined import load_combined
from moonpool.coverage.foreign import read_foreign_shares
from moonpool.coverage.report import report_on
from moonpool.coverage.reports import FILE_FORMATS, FORMATS, summary, table, write_reports
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from moonpool.coverage.analysis import Analysed
    from moonpool.coverage.combined import Combined, CombinedProject
    from moonpool.coverage.foreign import ForeignShare
    from moonpool.coverage.report import Report

__all__ = ["combine_", "report"]

_JSON_VERSION = 1
_ALL = tuple(name for name in FORMATS if name != "term-missing")


@dataclass(frozen=True)
class _Wish:
    """What the user wants to see."""

    formats: Sequence[str]
    files: bool
    as_json: bool


def _formats(_context: object, _option: object, given: Sequence[str]) -> list[str]:
    names = [name.strip() for entry in given for name in entry.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise click.BadParameter(
            f"found `{unknown[0]}`, expected one of {', '.join(FORMATS)}", param_hint="'--format'"
        )
    return list(dict.fromkeys(names))


def _options(default: Sequence[str]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    formats = click.option(
        "--format",
        "formats",
        multiple=True,
        default=default,
        callback=_formats,
        help=f"Any of {', '.join(FORMATS)}; separated by commas, or repeated.",
    )
    files = click.option("--files", is_flag=True, help="List the files of each project.")
    as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    return lambda function: formats(files(as_json(function)))


@click.command("combine")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_options(_ALL)
def combine_(formats: list[str], files: bool, as_json: bool, paths: tuple[Path, ...]) -> int:
    """Unite the data of all projects and write the reports.

    PATHS are further data, such as that of CI's shards: files, or folders in which they are looked
    for. They are left as they are.
    """
    workspace = moons.find_workspace(Path.cwd(), environ=os.environ)
    inputs, strangers = expected_inputs(workspace, os.environ, paths)
    combined = combine(inputs, workspace.root)
    if not combined.projects:
        print_note("no project has the tag `pytest` or a task `test`: there is nothing to combine")
    if combined.mixed:
        print_note("some projects measure branches, some do not: the united data has lines only")
    if combined.outside:
        print_note(f"left out measured files outside of the workspace: {combined.outside}")
    errors = [*strangers, *_lacking_shards(workspace.root, combined)]
    wish = _Wish(formats, files, as_json)
    return _report(workspace.root, combined, combined.projects, wish, errors=errors)


def _lacking_shards(root: Path, combined: Combined) -> list[MoonpoolError]:
    if read_settings(find_places(root, os.environ), os.environ).shard:
        return []  # A job that runs one shard has no other's.
    return [error for project in combined.projects for error in shard_errors(project)]


@click.command("report")
@click.option("--project", "project_id", help="Report on the project with this id alone.")
@_options(("term",))
def report(formats: list[str], files: bool, as_json: bool, project_id: str | None) -> int:
    """Report on what was combined last."""
    workspace = moons.find_workspace(Path.cwd(), environ=os.environ)
    combined = load_combined(workspace.root)
    projects = [entry for entry in combined.projects if project_id in (None, entry.id)]
    if project_id is not None and not projects:
        known = ", ".join(f"`{entry.id}`" for entry in combined.projects)
        raise click.BadParameter(
            f"found `{project_id}`, expected one of {known}", param_hint="'--project'"
        )
    # One project's reports must not take the place of the workspace's.
    alone = combined.folder / "by-project" / quote(project_id, safe="") if project_id else None
    return _report(workspace.root, combined, projects, _Wish(formats, files, as_json), alone)


def _report(
    root: Path,
    combined: Combined,
    projects: Sequence[CombinedProject],
    wish: _Wish,
    folder: Path | None = None,
    errors: Sequence[MoonpoolError] = (),
) -> int:
    foreign, damaged = read_foreign_shares(combined, projects, root)
    remember = not FILE_FORMATS.keys().isdisjoint(wish.formats)
    with analysed(combined, projects, root, remember=remember) as (found, refused):
        outcome = report_on(projects, found, foreign)
        written = write_reports(wish.formats, folder or combined.folder, outcome)
    unreadable = [error for entry in projects for error in data_errors(entry)]
    errors = [*errors, *unreadable, *damaged, *refused]
    if wish.as_json:
        print_json(_JSON_VERSION, _as_json(root, outcome, written, errors))
    else:
        _print(root, outcome, written, wish)
    for error in errors:
        print_error(error)
    return ExitCode.COVERAGE if errors else ExitCode.OK


def _print(root: Path, outcome: Report, written: Mapping[str, Path], wish: _Wish) -> None:
    missing = "term-missing" in wish.formats
    if missing or "term" in wish.formats:
        bold = wants_colour(sys.stdout)
        files = wish.files or missing
        print_lines(table(outcome.numbers, files=files, missing=missing, bold=bold))
    known: list[Analysed | ForeignShare] = [*outcome.analysed, *outcome.foreign]
    for entry in known:
        for problem in entry.problems:
            print_note(f"{entry.project.id}: {problem}")
    for path in written.values():
        print_note(f"wrote {path.relative_to(root).as_posix()}")


def _as_json(
    root: Path,
    outcome: Report,
    written: Mapping[str, Path],
    errors: Sequence[MoonpoolError],
) -> dict[str, Any]:
    numbers = outcome.numbers
    return {
        "projects": [
            {
                "id": project.id,
                "source": project.source,
                "note": project.note,
                "summary": summary(project.numbers, numbers.precision)
                if project.measured
                else None,
            }
            for project in numbers.projects
        ],
        "total": summary(numbers.total, numbers.precision),
        "reports": {name: path.relative_to(root).as_posix() for name, path in written.items()},
        "errors": [error.message for error in errors],
    }
