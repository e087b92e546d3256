"""Whether processes that are nobody's children here have ended."""

from __future__ import annotations

import os
import time

__all__ = ["ends", "lives"]


def lives(pid: int) -> bool:
    """Whether there is such a process now."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ends(pid: int, patience_seconds: float = 30.0) -> bool:
    """Whether the process ends within so many seconds."""
    deadline = time.monotonic() + patience_seconds
    while lives(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
