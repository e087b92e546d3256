"""`moonpool workers`: the decision that a test run would make, asked of pytest itself."""

from __future__ import annotations

from typing import Any

import click

from moonpool.cli.asking import ask_pytest
from moonpool.cli.output import print_json, print_lines

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
    answer = ask_pytest(pytest_arguments, root)
    del answer["suite"]
    if as_json:
        print_json(_JSON_VERSION, answer)
    elif explain:
        print_lines(_explanation(answer))
    else:
        print_lines(str(answer["workers"]))


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
