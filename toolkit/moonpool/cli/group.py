"""All commands as one click group, each imported when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from moonpool import __version__
from moonpool.cli.lazy import LazyGroup
from moonpool.cli.output import print_error
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "moonpool", "run"]

# Each command's module and the one line that `moonpool --help` shows for it.
COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("moonpool.cli.audit", "Find and remove what CI workflows do twice or slowly."),
    "ci": ("moonpool.cli.ci", "Test all projects through moon, then combine the coverage."),
    "coverage": ("moonpool.cli.coverage", "Combine and report the coverage of all projects."),
    "databases": ("moonpool.cli.databases", "Show and remove this workspace's test databases."),
    "history": ("moonpool.cli.history", "Show and carry what earlier runs taught."),
    "init": ("moonpool.cli.init", "Put the task templates into this moon workspace."),
    "pool": ("moonpool.cli.pool", "Show who holds the machine's workers and memory now."),
    "simulate": ("moonpool.cli.simulate", "Say how long the tests would take elsewhere."),
    "test": ("moonpool.cli.test", "Run pytest for the current project."),
    "workers": ("moonpool.cli.workers", "Say how many workers this project gets here, and why."),
}


@click.group(
    cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="moonpool")
def moonpool() -> None:
    """Parallel pytest by default for moon monorepos."""


def run(words: Sequence[str]) -> int:
    """Run a command line and return its exit code; errors are shown, never raised."""
    try:
        outcome = moonpool.main(args=list(words), prog_name="moonpool", standalone_mode=False)
    except MoonpoolError as error:
        print_error(error)
        return int(error.exit_code)
    except click.ClickException as error:
        print_error(_usage_error(error))
        return int(ExitCode.USAGE)
    except click.Abort:
        return 130
    return outcome if isinstance(outcome, int) else int(ExitCode.OK)


def _usage_error(error: click.ClickException) -> MoonpoolError:
    context = getattr(error, "ctx", None)
    path = context.command_path if isinstance(context, click.Context) else "moonpool"
    message = error.format_message().rstrip(".")
    return MoonpoolError(
        message[:1].lower() + message[1:],
        hint=f"run `{path} --help`",
        slug="usage",
        exit_code=ExitCode.USAGE,
    )
