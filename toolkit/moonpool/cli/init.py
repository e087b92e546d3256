"""`moonpool init`: the door to our files in a workspace; says what it does and what is left."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moonpool import __version__
from moonpool import moon as moons
from moonpool.cli.output import print_json, print_lines, print_note
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["command"]


@dataclass(frozen=True)
class _Wish:
    dry_run: bool
    upgrade: bool
    overwrite: bool

    def acts(self, step: moons.Step) -> bool:
        return step.acts(upgrade=self.upgrade, overwrite=self.overwrite)


@click.command("init")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--upgrade", is_flag=True, help="Bring files of an earlier version up to date.")
@click.option("--overwrite", is_flag=True, help="Replace files that were edited by hand, too.")
@click.option(
    "--runner",
    type=click.Choice(["auto", "path", "venv", "uv"]),
    default="auto",
    help="How tasks find moonpool: on PATH, in the workspace's virtualenv, or through `uv run`.",
)
@click.option("--venv", default=".venv", help="The virtualenv, relative to the workspace's root.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    dry_run: bool, upgrade: bool, overwrite: bool, runner: str, venv: str, as_json: bool
) -> None:
    """Put the task templates into this moon workspace."""
    wish = _Wish(dry_run, upgrade, overwrite)
    workspace = moons.find_workspace(Path.cwd(), environ=os.environ)
    moon = moons.find_moon(workspace, environ=os.environ)
    major = moon.major if moon else moons.major_by_files(workspace)
    found = moons.read_vendored(workspace)
    chosen = _runner(runner, venv, workspace, found)
    steps = moons.plan(_wanted(major, chosen), found, version=__version__)
    refused = [step for step in steps if step.verdict.refused and not wish.acts(step)]
    # A broken file of ours breaks every question to moon, so a promised repair comes first.
    needs = () if overwrite else _needs(workspace, major, refused)
    if not refused and not dry_run:
        moons.apply(workspace, steps, upgrade=upgrade, overwrite=overwrite)
    if overwrite:
        needs = _needs(workspace, major, refused)
    ignore = None if refused else _ignore(workspace, wish)
    if as_json:
        print_json(1, _content(workspace, major, chosen, steps, wish, ignore, needs))
    else:
        _tell(steps, wish, ignore, needs)
    if refused:
        raise _refusal(refused)


def _runner(
    name: str, venv: str, workspace: moons.Workspace, found: Mapping[str, str]
) -> moons.Runner:
    windows = os.name == "nt"
    if name == "venv":
        return moons.venv_runner(venv, workspace, windows=windows)
    if name != "auto":
        return moons.Runner(name)
    # A choice once made is kept: `--upgrade` must not turn on what happens to lie around.
    recorded = moons.recorded_runner(found)
    return recorded or moons.choose_runner(workspace, venv, environ=os.environ, windows=windows)


def _wanted(major: int, runner: moons.Runner) -> dict[str, str]:
    templates = moons.task_templates(moons.templates_folder())
    return {
        f"{moons.FOLDER}/{template.file_name(major)}": moons.render(
            template, major=major, runner=runner, version=__version__
        )
        for template in templates
    }


def _ignore(workspace: moons.Workspace, wish: _Wish) -> str | None:
    file = workspace.root / ".gitignore"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    line = moons.missing_ignore_line(text)
    if line is not None and not wish.dry_run:
        write_whole(file, text + line)
    return line


def _needs(
    workspace: moons.Workspace, major: int, refused: Sequence[moons.Step]
) -> tuple[moons.Need, ...]:
    if refused:
        return ()
    if not moons.has_commit(workspace):
        return (moons.COMMIT_NEED,)
    projects = moons.list_projects(workspace, environ=os.environ)
    return moons.needs(workspace, projects, major=major)


def _tell(
    steps: Sequence[moons.Step], wish: _Wish, ignore: str | None, needs: Sequence[moons.Need]
) -> None:
    for step in steps:
        print_lines(f"{_deed(step, wish)}  {step.path}")
        if wish.dry_run and step.found is not None and step.found != step.wanted:
            print_lines(_difference(step))
    if ignore is not None:
        print_lines(f"{'would add' if wish.dry_run else 'added'}  `.moonpool/` to .gitignore")
    waiting = [s for s in steps if not s.verdict.refused and not wish.acts(s)]
    if any(step.verdict is not moons.Verdict.UNCHANGED for step in waiting):
        print_note("run `moonpool init --upgrade` to bring the outdated files up to date")
    for need in needs:
        print_note(need.text)


def _deed(step: moons.Step, wish: _Wish) -> str:
    if not wish.acts(step):
        return f"left ({step.verdict})" if step.verdict.refused else str(step.verdict)
    deed = "remove" if step.wanted is None else "create" if step.found is None else "replace"
    return f"would {deed}" if wish.dry_run else f"{deed}d"


def _difference(step: moons.Step) -> str:
    assert step.found is not None
    wanted = (step.wanted or "").splitlines()
    lines = difflib.unified_diff(
        step.found.splitlines(), wanted, step.path, f"{step.path} (moonpool)", lineterm=""
    )
    return "\n".join(lines)


def _refusal(refused: Sequence[moons.Step]) -> MoonpoolError:
    named = ", ".join(f"`{step.path}` ({step.verdict})" for step in refused)
    return MoonpoolError(
        f"found {named}, expected files as `moonpool init` writes them; nothing was changed",
        hint="run `moonpool init --dry-run` to see the difference, "
        "or `moonpool init --overwrite` to lose it",
        slug="template-edited",
        exit_code=ExitCode.TEMPLATES,
    )


def _content(
    workspace: moons.Workspace,
    major: int,
    runner: moons.Runner,
    steps: Sequence[moons.Step],
    wish: _Wish,
    ignore: str | None,
    needs: Sequence[moons.Need],
) -> dict[str, Any]:
    return {
        "workspace": str(workspace.root),
        "moon": major,
        "runner": str(runner),
        "dry_run": wish.dry_run,
        "files": [
            {"path": s.path, "state": s.verdict.name.lower(), "changed": wish.acts(s)}
            for s in steps
        ],
        "gitignore_changed": ignore is not None,
        "needs": [{"kind": need.kind, "path": need.path, "text": need.text} for need in needs],
    }
