"""`moonpool workers`: the decision that a test run would make, asked of pytest itself.

A child pytest reads the same configuration and arguments as the run would and stops before it
collects, so the answer cannot differ from what happens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from moonpool.cli.output import print_json, print_lines
from moonpool.errors import ExitCode, MoonpoolError

__all__ = ["command"]

_JSON_VERSION = 1


@click.command("workers", context_settings={"ignore_unknown_options": True})
@click.option("--explain", is_flag=True, help="Show every limit that was considered.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False),
    help="Read the machine's facts from a copy of its `/proc` and `/sys` below this folder.",
)
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    explain: bool, as_json: bool, root: str | None, pytest_arguments: tuple[str, ...]
) -> None:
    """Say how many workers this project gets here and now, and why.

    PYTEST_ARGUMENTS are looked at as `moonpool test` would: `moonpool workers tests/test_api.py`.
    """
    answer = _ask_pytest(pytest_arguments, root)
    if as_json:
        print_json(_JSON_VERSION, answer)
    elif explain:
        print_lines(_explanation(answer))
    else:
        print_lines(str(answer["workers"]))


def _ask_pytest(pytest_arguments: tuple[str, ...], root: str | None) -> dict[str, Any]:
    environ = os.environ | ({"MOONPOOL_MACHINE_ROOT": root} if root else {})
    with tempfile.TemporaryDirectory(prefix="moonpool-") as folder:
        path = Path(folder, "workers.json")
        asked = [sys.executable, "-m", "pytest", f"--moonpool-explain={path}", *pytest_arguments]
        child = subprocess.run(asked, env=environ, capture_output=True, text=True, check=False)
        if child.returncode or not path.is_file():
            raise _refused(child.stderr.strip() or child.stdout.strip())
        answer = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(answer, dict)
    return {key: value for key, value in answer.items() if key != "version"}


def _refused(said: str) -> MoonpoolError:
    return MoonpoolError(
        f"pytest refuses this project's configuration or arguments:\n{said}",
        hint="run `pytest --collect-only` in the project",
        slug="pytest-refuses",
        exit_code=ExitCode.CONFIG,
    )


def _explanation(answer: dict[str, Any]) -> str:
    workers = answer["workers"]
    counted = "1 worker" if workers == 1 else f"{workers} workers"
    where = ", in pytest's own process" if answer["in_process"] else ""
    lines = [f"{counted}{where}; bound by {answer['bound_by']}: {answer['reasons'][0]}"]
    for limit in answer["considered"]:
        mark = "*" if limit["limit"] == answer["bound_by"] else " "
        lines.append(f" {mark} {limit['limit']:<12} {limit['workers']:>4}  {limit['reason']}")
    lines += [f" ? {doubt}" for doubt in answer["doubts"]]
    return "\n".join(lines)
