"""`moonpool simulate`: how long this project's tests would take on other numbers of workers.

The tests are those that pytest would run, their seconds those of earlier runs, and who runs what is
decided by the code that directs real runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from moonpool.cli.asking import ask_pytest
from moonpool.cli.output import print_json, print_lines
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.schedule import form_units, split_units
from moonpool.schedule.outlook import foresee
from moonpool.units import format_count, format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from moonpool.schedule import Unit
    from moonpool.schedule.outlook import Outlook

__all__ = ["command"]

_JSON_VERSION = 1
_TITLES = ("machines", "workers", "seconds", "start", "tests", "bound", "bound by")

# More is a slip of the finger, and would take minutes to work out.
_MOST = 512


class _Numbers(click.ParamType[tuple[int, ...]]):
    """Numbers from 1, separated by commas."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the numbers in ``value``."""
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(int(word) for word in str(value).split(","))
        except ValueError:
            numbers = ()
        if not numbers or not all(1 <= number <= _MOST for number in numbers):
            self.fail(f"`{value}` is not a number from 1 to {_MOST}, or several as in `2,4,8`")
        return numbers


@click.command("simulate", context_settings={"ignore_unknown_options": True})
@click.option(
    "--workers",
    type=_Numbers(),
    default="1,2,4,8,16",
    show_default=True,
    metavar="N[,N…]",
    help="Workers of each machine.",
)
@click.option(
    "--machines",
    type=_Numbers(),
    default="1",
    show_default=True,
    metavar="N[,N…]",
    help="Machines that share the test files.",
)
@click.option("--split", is_flag=True, help="As with `split = true`: long files may be cut.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    workers: tuple[int, ...],
    machines: tuple[int, ...],
    split: bool,
    as_json: bool,
    pytest_arguments: tuple[str, ...],
) -> None:
    """Say how long the tests would take on so many workers, and what they could not undercut.

    Each worker is taken to have a CPU of its own. PYTEST_ARGUMENTS are looked at as `moonpool test`
    would: `moonpool simulate --workers 8 tests/api`.
    """
    suite = ask_pytest(pytest_arguments)["suite"]
    if not suite["files"]:
        raise _no_tests()
    sizes = [(each, own) for each in machines for own in workers]
    outlooks = list(_outlooks(suite, sizes, split=split or suite["split"]))
    starts = [suite["start_seconds"] if outlook.workers > 1 else 0.0 for outlook in outlooks]
    if as_json:
        print_json(_JSON_VERSION, _facts(suite, outlooks, starts))
    else:
        print_lines("\n".join([_summary(suite), "", *_table(outlooks, starts)]))


def _outlooks(
    suite: Mapping[str, Any], sizes: Iterable[tuple[int, int]], *, split: bool
) -> Iterable[Outlook]:
    collection, whole = _units(suite["files"])
    for machines, workers in sizes:
        units: Sequence[Unit] = whole
        if split:
            units = split_units(whole, collection, machines * workers)
        yield foresee(units, workers, machines)


def _units(files: Mapping[str, Any]) -> tuple[list[str], tuple[Unit, ...]]:
    # Which tests there are is not known before they are collected, only how many.
    collection = [
        f"{name}::{number}" for name, file in files.items() for number in range(file["tests"] or 1)
    ]
    seconds = {name: file["seconds"] for name, file in files.items()}
    return collection, form_units(collection, file_seconds=seconds, seconds_per_test=0.0)


def _facts(
    suite: Mapping[str, Any], outlooks: Sequence[Outlook], starts: Sequence[float]
) -> dict[str, Any]:
    runs = [
        {
            "machines": outlook.machines,
            "workers": outlook.workers,
            "seconds": start + outlook.seconds,
            "start_seconds": start,
            "tests_seconds": outlook.seconds,
            "bound_seconds": outlook.bound.seconds,
            "bound_by": outlook.bound.unit,
        }
        for outlook, start in zip(outlooks, starts, strict=True)
    ]
    return {"files": suite["files"], "measured": suite["measured"], "runs": runs}


def _summary(suite: Mapping[str, Any]) -> str:
    files = suite["files"].values()
    tests = format_count(sum(file["tests"] for file in files), "test")
    seconds = format_seconds(sum(file["seconds"] for file in files))
    known = "measured" if suite["measured"] else "estimated: nothing has run yet"
    return f"{tests} in {format_count(len(files), 'file')}, {seconds} of work ({known})"


def _table(outlooks: Sequence[Outlook], starts: Sequence[float]) -> list[str]:
    rows = [_TITLES, *map(_row, outlooks, starts)]
    if all(outlook.machines == 1 for outlook in outlooks):
        rows = [row[1:] for row in rows]
    *columns, _ = zip(*rows, strict=True)
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for *cells, last in rows:
        padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
        lines.append("  ".join([*padded, last]).rstrip())
    return lines


def _row(outlook: Outlook, start: float) -> tuple[str, ...]:
    seconds = (start + outlook.seconds, start, outlook.seconds, outlook.bound.seconds)
    counts = (str(outlook.machines), str(outlook.workers))
    return (*counts, *(f"{each:.1f}" for each in seconds), outlook.bound.unit or "")


def _no_tests() -> MoonpoolError:
    return MoonpoolError(
        "found no test files here",
        hint="run it in a project with tests, or name them: `moonpool simulate tests`",
        slug="no-tests",
        exit_code=ExitCode.USAGE,
    )
