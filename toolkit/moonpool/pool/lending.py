"""A jobserver for what tests start: its tokens are slots of the pool that nobody needs otherwise.

Only the FIFO's writing end is kept open, so that the kernel tells whether there is any client at
all: without one no token is out, whatever became of those who held some. A client already has the
slot of the test that started it; tokens are for its further jobs
(https://www.gnu.org/software/make/manual/html_node/Job-Slots.html).
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
from typing import TYPE_CHECKING

from moonpool.pool.locks import opened, try_lock

if sys.platform != "win32":
    import fcntl
    import termios

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moonpool.pool.allowance import Allowance
    from moonpool.pool.membership import Membership

__all__ = ["Lending", "can_lend"]

_SUFFIX = ".fifo"
_TOKEN = b"+"


def can_lend() -> bool:
    """Whether this system has the FIFOs that a jobserver needs."""
    return hasattr(os, "mkfifo")


class Lending:
    """The server of one run.

    ``membership`` is its own part in the pool, apart from that of the run's workers, and ``folder``
    is private to the user. ``hindrance`` says why nothing more should start just now, or None.
    Raises OSError where no FIFO can be made.
    """

    def __init__(
        self, membership: Membership, folder: Path, hindrance: Callable[[], str | None]
    ) -> None:
        _sweep(folder)
        self.path = folder / f"{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
        self._membership = membership
        self._hindrance = hindrance
        self._sink = _make(self.path)

    def step(self) -> None:
        """Put a token there for whoever asks next, and take back those that nobody uses.

        To be called many times a second: a client gets at most one more slot for each call.
        """
        held = self._membership.held
        if not self._has_clients():
            self._recall(held)
            return
        idle = self._idle()
        ready = 0 if idle == 0 and self._hindrance() else 1
        allowance = self._lend(held - idle, spare=ready)
        if allowance.granted > held:
            os.write(self._sink, _TOKEN * (allowance.granted - held))
        elif (surplus := idle if allowance.others_wait else idle - ready) > 0:
            self._hold(allowance.granted - self._take_back(surplus))

    def close(self) -> None:
        """End the server; a client that still runs keeps the tokens that it has."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        os.close(self._sink)
        self._membership.leave()

    def _has_clients(self) -> bool:
        poll = select.poll()
        poll.register(self._sink, 0)
        # A pipe that nobody can read from is in error (poll(2)).
        return not poll.poll(0)

    def _recall(self, held: int) -> None:
        """Give back all slots once nobody has the FIFO open, lost tokens included."""
        if held:
            held -= self._take_back(held)
            # Somebody may have come, and taken one, before the FIFO was empty.
            self._hold(held if self._has_clients() else 0)

    def _lend(self, slots: int, *, spare: int = 0, held: int | None = None) -> Allowance:
        return self._membership.sync(slots, weight=1.0, worker_bytes=0, spare=spare, held=held)

    def _hold(self, slots: int) -> None:
        self._lend(slots, held=slots)

    def _idle(self) -> int:
        with opened(self.path, os.O_RDONLY) as source:
            counted = fcntl.ioctl(source, termios.FIONREAD, bytes(4))
        return int.from_bytes(counted, sys.byteorder)

    def _take_back(self, most: int) -> int:
        with opened(self.path, os.O_RDONLY) as source, contextlib.suppress(BlockingIOError):
            return len(os.read(source, most))
        return 0


def _make(path: Path) -> int:
    """Make the FIFO and return its writing end, locked as a sign that its server lives."""
    aside = path.with_suffix("")
    os.mkfifo(aside, 0o600)
    # Nobody can open one end alone while the other is closed.
    with opened(aside, os.O_RDWR):
        sink = os.open(aside, os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(OSError):
        try_lock(sink)
    aside.rename(path)
    return sink


def _sweep(folder: Path) -> None:
    """Remove what servers left that were killed."""
    for path in folder.glob(f"*{_SUFFIX}"):
        with contextlib.suppress(OSError), opened(path, os.O_RDONLY) as source:
            if try_lock(source):
                path.unlink()
