"""What this process has cost so far: CPU, waiting for a CPU, and its peak memory.

About 20 microseconds a look on Linux, where the peak is taken from the kernel and set back so that
the next look tells of what came in between. Elsewhere what cannot be known is 0.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NamedTuple

if sys.platform != "win32":
    import resource

__all__ = ["Costs", "Meter"]

_NANOSECONDS = 1e-9
# Written to `clear_refs` it sets the peak back to what is used now (proc(5)).
_RESET_PEAK = b"5"
# Between two looks a process shrinks and grows by a few percent.
_LARGER = 1.1


class Costs(NamedTuple):
    """Seconds since the process began; ``peak_bytes`` since the last look.

    ``waited_seconds`` is the time in which the process could have run but had no CPU.
    """

    cpu_seconds: float
    children_seconds: float
    waited_seconds: float
    peak_bytes: int


class Meter:
    """Reads this process's costs through files that it keeps open."""

    def __init__(self) -> None:
        self._waits = _open("/proc/self/schedstat", os.O_RDONLY)
        self._status = _open("/proc/self/status", os.O_RDONLY)
        self._reset = _open("/proc/self/clear_refs", os.O_WRONLY)
        self._largest = 0

    def read(self) -> Costs:
        """Return the costs, and begin a new peak."""
        if sys.platform == "win32":
            times = os.times()
            return Costs(times.user + times.system, 0.0, 0.0, 0)
        own = resource.getrusage(resource.RUSAGE_SELF)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu, cpu_of_children = own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime
        peak = self._peak_bytes() or _bytes_of_maxrss(own.ru_maxrss)
        child = self._child_bytes(_bytes_of_maxrss(children.ru_maxrss), peak)
        return Costs(cpu, cpu_of_children, self._waited_seconds(), peak + child)

    def _child_bytes(self, largest_child: int, peak: int) -> int:
        # Until its exec a child counts as large as its parent: only a larger one is sure to add.
        self._largest = max(self._largest, peak)
        return largest_child if largest_child > self._largest * _LARGER else 0

    def _waited_seconds(self) -> float:
        words = _pread(self._waits, 100).split()
        return int(words[1]) * _NANOSECONDS if len(words) > 1 else 0.0

    def _peak_bytes(self) -> int:
        _, found, rest = _pread(self._status, 4096).partition(b"VmHWM:")
        if self._reset is not None and found:
            with contextlib.suppress(OSError):
                os.write(self._reset, _RESET_PEAK)
        return int(rest.split()[0]) * 1024 if found else 0


def _open(path: str, flags: int) -> int | None:
    try:
        return os.open(path, flags)
    except OSError:
        return None


def _pread(descriptor: int | None, most: int) -> bytes:
    if descriptor is None:
        return b""
    try:
        return os.pread(descriptor, most, 0)
    except OSError:
        return b""


def _bytes_of_maxrss(amount: int) -> int:
    # getrusage(2): kilobytes, but bytes on macOS.
    return amount if sys.platform == "darwin" else amount * 1024
