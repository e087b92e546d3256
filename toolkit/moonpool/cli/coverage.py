"""`moonpool coverage`: the group of commands about the coverage of all projects."""

from __future__ import annotations

import click

from moonpool.cli.lazy import LazyGroup

__all__ = ["command"]

_PLACES = {
    "baseline": (
        "moonpool.cli.coverage_check:baseline",
        "Write what was combined last as the baseline that later checks must not fall below.",
    ),
    "check": (
        "moonpool.cli.coverage_check:check",
        "Judge what was combined last: projects, total, changed lines, and the baseline.",
    ),
    "combine": (
        "moonpool.cli.coverage_combine:combine_",
        "Unite the data of all projects and write the reports.",
    ),
    "report": ("moonpool.cli.coverage_combine:report", "Report on what was combined last."),
    "unite": (
        "moonpool.cli.coverage_unite:unite",
        "Unite data files of one project, such as its shards', into one.",
    ),
    "who": ("moonpool.cli.coverage_who:who", "List the tests that run a line."),
}


@click.group("coverage", cls=LazyGroup, places=_PLACES)
def command() -> None:
    """Combine and report the coverage of all projects."""
