"""`moonpool ci`: all tests through moon, then coverage and gates whatever became of them.

moon never runs a task that depends on a failed one, so the coverage task alone would be missing
exactly when a test fails.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moonpool import moon as moons
from moonpool.cli.output import print_note
from moonpool.config import find_places, read_settings
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["command"]

# Words for moon's statuses that need one; the others are shown as moon says them.
_WORDS = {"cached-from-remote": "cached", "timed-out": "failed", "aborted": "failed"}


@click.command("ci")
@click.argument("targets", nargs=-1)
@click.option("--affected", is_flag=True, help="Only projects that changed files concern.")
@click.option("--base", help="With --affected: the revision to compare with.")
@click.option("--head", help="With --affected: the revision that is compared.")
def command(targets: tuple[str, ...], affected: bool, base: str | None, head: str | None) -> int:
    """Test all projects through moon, then combine the coverage.

    With `MOONPOOL_SHARD` set the coverage is left to a job that combines all shards'.

    TARGETS are moon's: `:test` (the default) or `backend:test`. The exit code is the first bad one.
    """
    workspace = moons.find_workspace(Path.cwd(), environ=os.environ)
    moon = moons.require_moon(workspace, environ=os.environ)
    _check(workspace, moon, affected=affected, revisions=(base, head))
    shard = read_settings(find_places(workspace.root, os.environ), os.environ).shard
    environ = _environ(os.environ, base, head)
    wanted: Sequence[str] = targets or (":test",)
    if affected:
        wanted = _affected(moon, workspace, wanted, environ)
        if not wanted:
            print_note("no project is affected by the changes, so nothing was tested")
            return ExitCode.OK
    return _run(moon, workspace, wanted, environ, shard)


def _run(
    moon: moons.Moon,
    workspace: moons.Workspace,
    targets: Sequence[str],
    environ: Mapping[str, str],
    shard: str | None,
) -> int:
    before = moons.report_time(workspace)
    tests, stopped = moons.run_group(
        moons.execution(moon, targets), cwd=workspace.root, environ=environ
    )
    # A report that was there before is about another run.
    fresh = moons.report_time(workspace) > before
    outcomes = _outcomes(moons.read_run_report(workspace), targets) if fresh else {}
    for target, word in outcomes.items():
        print_note(f"{target} {word}")
    if stopped:
        return 128 + stopped
    if shard:
        # What only all shards together can reach, none of them is judged by.
        print_note(f"this was shard {shard}: `moonpool coverage combine` unites what all left")
        _summarise(outcomes, os.environ)
        return tests
    combine = [sys.executable, "-m", "moonpool", "coverage", "combine"]
    coverage, stopped = moons.run_group(combine, cwd=workspace.root, environ=os.environ)
    _summarise(outcomes, os.environ)
    if stopped:
        return 128 + stopped
    gates, stopped = moons.run_group(_gates(environ), cwd=workspace.root, environ=os.environ)
    return 128 + stopped if stopped else tests or coverage or gates


def _gates(environ: Mapping[str, str]) -> list[str]:
    check = [sys.executable, "-m", "moonpool", "coverage", "check"]
    return [*check, "--base", environ["MOON_BASE"]] if environ.get("MOON_BASE") else check


def _check(
    workspace: moons.Workspace,
    moon: moons.Moon,
    *,
    affected: bool,
    revisions: tuple[str | None, ...],
) -> None:
    if any(revisions) and not affected:
        raise _usage("found `--base` or `--head` without `--affected`", "add `--affected`")
    if affected and moon.major == 1:
        raise _usage(
            "found `--affected` with moon 1, expected moon 2",
            "leave `--affected` out: what did not change comes from moon's cache",
        )
    if not moons.has_commit(workspace):
        raise MoonpoolError(
            f"found a git repository without a commit at `{workspace.root}`, expected at least one",
            hint='run `git add --all && git commit -m "Begin"`',
            slug="no-commit",
            exit_code=ExitCode.MOON,
        )


def _usage(message: str, hint: str) -> MoonpoolError:
    return MoonpoolError(message, hint=hint, slug="usage", exit_code=ExitCode.USAGE)


def _environ(environ: Mapping[str, str], base: str | None, head: str | None) -> dict[str, str]:
    given = {"MOON_BASE": base, "MOON_HEAD": head}
    return {**environ, **{name: value for name, value in given.items() if value}}


def _affected(
    moon: moons.Moon,
    workspace: moons.Workspace,
    targets: Sequence[str],
    environ: Mapping[str, str],
) -> tuple[str, ...]:
    tasks = moons.affected_tasks(moon, workspace, environ=environ)
    projects = moons.list_projects(workspace, environ=environ)
    return moons.chosen(tasks, targets, projects)


def _outcomes(report: Mapping[str, str], targets: Sequence[str]) -> dict[str, str]:
    # moon also reports the no-op tasks that only carry hashes from project to project.
    names = {target.rpartition(":")[2] for target in targets}
    return {
        target: _WORDS.get(status, status)
        for target, status in sorted(report.items())
        if target.rpartition(":")[2] in names
    }


def _summarise(outcomes: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Append a table to the job's summary page where GitHub Actions asks for one."""
    summary = environ.get("GITHUB_STEP_SUMMARY")
    if not summary or not outcomes:
        return
    rows = "".join(f"| `{target}` | {word} |\n" for target, word in outcomes.items())
    with Path(summary).open("a", encoding="utf-8") as page:
        page.write(f"### Tests\n\n| task | result |\n| --- | --- |\n{rows}\n")
