"""What moonpool says once pytest has closed its own terminal output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["say"]


def say(notes: Iterable[str]) -> None:
    """Write each note to stderr as a line of its own."""
    for note in notes:
        sys.stderr.write(f"moonpool: {note}\n")
