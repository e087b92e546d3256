"""SQLite's backup of a whole database, with an end to its patience."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

__all__ = ["back_up"]


def back_up(source: sqlite3.Connection, target: sqlite3.Connection, *, seconds: float) -> None:
    """Make one database what another is now.

    Raises TimeoutError when somebody held a lock for so long, sqlite3.Error for all else.
    """
    deadline = time.monotonic() + seconds

    def give_up_after(*_: object) -> None:
        # By itself it waits for a lock for ever, and calls this at every attempt.
        if time.monotonic() > deadline:
            raise TimeoutError

    source.backup(target, progress=give_up_after)
