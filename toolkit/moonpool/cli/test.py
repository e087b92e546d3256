"""`moonpool test --help`: what the command does; running it is the pytest door's work."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("test", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def command(**_pytest_arguments: tuple[str, ...]) -> None:
    """Run pytest for the current project with as many workers as the machine allows.

    All arguments go to pytest as they are: `moonpool test -x -k invoice`. Yours win: `-n 4`,
    `-n 0`, `--dist worksteal`. `moonpool workers --explain` says what would be chosen and why.
    """
    raise AssertionError("`moonpool test` goes through the pytest door")
