"""What moonpool says: through pytest's terminal while it is open, on stderr before and after."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

__all__ = ["announce", "say"]


def say(notes: Iterable[str]) -> None:
    """Write each note to stderr as a line of its own."""
    for note in notes:
        sys.stderr.write(f"moonpool: {note}\n")


def announce(config: pytest.Config, note: str) -> None:
    """Write a note between the lines of a running session, where pytest captures stderr."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        # A line of dots is most likely under way, which the reporter does not know of.
        reporter.write_line(f"\nmoonpool: {note}")
