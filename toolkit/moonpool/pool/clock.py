"""Seconds since the machine started, which every process of it reads alike.

CLOCK_BOOTTIME on Linux, and the monotonic clock of macOS and Windows, count from the start of the
system and not of the process; no correction of the wall clock moves them.
"""

from __future__ import annotations

import time

__all__ = ["boot_seconds"]


def boot_seconds() -> float:
    """Return seconds that can be compared between the processes of one machine."""
    read, clock = getattr(time, "clock_gettime", None), getattr(time, "CLOCK_BOOTTIME", None)
    if read is None or clock is None:
        return time.monotonic()
    # A sandbox may know the constant and refuse the clock.
    try:
        return float(read(clock))
    except OSError:
        return time.monotonic()
