"""`moonpool coverage who`: the tests that run a line."""

from __future__ import annotations

import os
from pathlib import Path

import click

from moonpool import moon as moons
from moonpool.cli.output import print_json, print_lines, print_note
from moonpool.coverage.combined import load_combined
from moonpool.coverage.who import contexts_of
from moonpool.errors import ExitCode

__all__ = ["who"]

_JSON_VERSION = 1


@click.command("who")
@click.argument("place", metavar="FILE:LINE")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def who(place: str, as_json: bool) -> int:
    """List the tests that run a line, from data measured with `MOONPOOL_CONTEXTS=test`.

    FILE is seen from here, or from the workspace's root. Exit code 1: no test runs the line.
    """
    name, _, number = place.rpartition(":")
    if not name or not number.isdecimal():
        raise click.BadParameter(
            f"found `{place}`, expected a file and a line such as `src/app.py:12`",
            param_hint="'FILE:LINE'",
        )
    workspace = moons.find_workspace(Path.cwd(), environ=os.environ)
    path = _workspace_name(name, workspace.root)
    found = contexts_of(load_combined(workspace.root), workspace.root, path, int(number))
    tests = [context for context in found if context]
    if as_json:
        print_json(_JSON_VERSION, {"path": path, "line": int(number), "tests": tests})
    elif tests:
        print_lines("\n".join(tests))
    if not tests:
        print_note(f"{path}:{number} runs outside of tests" if found else f"no test runs {place}")
    return ExitCode.OK if found else ExitCode.FAILED


def _workspace_name(name: str, root: Path) -> str:
    here = Path(name).resolve()
    if here.is_file() and here.is_relative_to(root.resolve()):
        return here.relative_to(root.resolve()).as_posix()
    return Path(name).as_posix()
