"""Writes the journal of one run: a JSON object a line, each an event with its time.

The file is only ever appended to, by one process, so runs never wait for one another and a killed
run leaves whole lines. Tests may come a thousand times a second: their lines go to the kernel
together, every twentieth of a second. docs/journal.md lists the events.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["VERSION", "Journal", "is_held"]

VERSION = 1

# What a killed run may lose of its quick tests, and long against the microseconds of a write.
_GATHER_SECONDS = 0.05

_quote = json.encoder.encode_basestring_ascii
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Journal:
    """An open journal. One that cannot be written falls silent, and ``failure`` tells why."""

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.time, *, new: bool = True
    ) -> None:
        """Open a journal; nothing is raised, since a run is worth more than its record."""
        self.path = path
        self.failure: str | None = None
        self._clock = clock
        self._gathered: list[str] = []
        self._written = 0.0
        self._descriptor: int | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_CREAT | os.O_EXCL if new else 0
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | flags, 0o600)
            _hold(self._descriptor)
        except OSError as error:
            self._fall_silent(error)

    @classmethod
    def begin(
        cls, folder: Path, *, clock: Callable[[], float] = time.time, process: int | None = None
    ) -> Journal:
        """Open the journal of this process in its project's folder; names sort by time."""
        seconds, part = divmod(clock(), 1)
        at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(seconds))
        name = f"{at}.{int(part * 1e6):06}Z-{process or os.getpid()}.jsonl"
        return cls(folder / name, clock)

    @classmethod
    def reopen(cls, path: Path) -> Journal:
        """Open the journal of a run whose process is gone, to say what became of it."""
        return cls(path, new=False)

    def note(self, event: str, at: float | None = None, /, **facts: object) -> None:
        """Append an event, and everything gathered so far; ``at`` is its time if not now."""
        self.gather(event, at, **facts)
        self.flush()

    def gather(self, event: str, at: float | None = None, /, **facts: object) -> None:
        """Append an event of which there are many, with a moment's delay."""
        if self._descriptor is not None:
            when = round(self._clock() if at is None else at, 4)
            self._gather_line(_encode({"event": event, "time": when, **facts}))

    def gather_test(
        self, at: float, worker: str, test: str, outcome: str, seconds: float, setup: float
    ) -> None:
        """Append the event of a test, as `gather` would but in half the time."""
        if self._descriptor is not None:
            self._gather_line(
                f'{{"event":"test","time":{at:.4f},"worker":"{worker}","test":{_quote(test)},'
                f'"outcome":"{outcome}","seconds":{seconds:.4f},"setup":{setup:.4f}}}'
            )

    def _gather_line(self, line: str) -> None:
        self._gathered.append(line)
        now = self._clock()
        if now - self._written >= _GATHER_SECONDS:
            self._written = now
            self.flush()

    def flush(self) -> None:
        """Hand everything gathered to the kernel, which keeps it whatever happens to us."""
        if self._descriptor is None or not self._gathered:
            return
        lines = "\n".join([*self._gathered, ""])
        self._gathered.clear()
        try:
            os.write(self._descriptor, lines.encode())
        except OSError as error:
            self._fall_silent(error)

    def close(self) -> None:
        """Write what is left and close the file; later events are dropped."""
        self.flush()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _fall_silent(self, error: OSError) -> None:
        self.failure = f"`{self.path}` cannot be written: {error.strerror or error}"
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _hold(descriptor: int) -> None:
    # The kernel drops the lock however the process ends. Windows would keep readers out as well.
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_held(path: Path) -> bool:
    """Whether the process that writes a journal lives, as far as locks tell; raises OSError."""
    if sys.platform == "win32":
        return True
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
