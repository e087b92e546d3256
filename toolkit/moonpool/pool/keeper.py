"""The process that holds a jobserver's tokens, and returns them when its parent is gone.

A token is a byte that its taker owes to the jobserver. Nobody returns what a killed process owes,
so this one, which does nothing else and cannot be interrupted, owes it instead. It is run as a
script, without this package: it obeys `+` (take one if there is one, answer `1` or `0`) and `-`
(return one) on its input, and at the end of the input returns all.
"""

from __future__ import annotations

import os
import select
import signal
import sys


class Pipe:
    """A FIFO or a pair of pipe ends."""

    def __init__(self, reading: str, writing: str) -> None:
        # Opened anew, so that not waiting is our own affair: the flag of an inherited descriptor
        # belongs to all who share it, make included. Read and write, since a FIFO whose last
        # writer has left would tell of an end.
        self._source = os.open(reading, os.O_RDWR | os.O_NONBLOCK)
        self._sink = os.open(writing, os.O_WRONLY)

    def take(self) -> bytes:
        """Return a token, or nothing."""
        # Where opening anew is only a copy of the descriptor (macOS), a read could wait.
        if not select.select([self._source], [], [], 0)[0]:
            return b""
        try:
            return os.read(self._source, 1)
        except BlockingIOError:
            return b""

    def give(self, token: bytes) -> None:
        """Return the very byte that was taken."""
        os.write(self._sink, token)


class Semaphore:
    """A named semaphore of Windows."""

    def __init__(self, name: str) -> None:
        import ctypes

        self._system = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        # SEMAPHORE_MODIFY_STATE and SYNCHRONIZE (winnt.h).
        self._handle = self._system.OpenSemaphoreW(0x0002 | 0x00100000, False, name)
        if not self._handle:
            raise OSError(f"no semaphore {name}")

    def take(self) -> bytes:
        """Return a token, or nothing."""
        return b"" if self._system.WaitForSingleObject(self._handle, 0) else b"+"

    def give(self, _token: bytes) -> None:
        """Return a token."""
        self._system.ReleaseSemaphore(self._handle, 1, None)


def keep(jobserver: Pipe | Semaphore) -> None:
    """Obey until the input ends, then return what is still held."""
    held: list[bytes] = []
    try:
        while command := os.read(0, 1):
            if command == b"-" and held:
                jobserver.give(held.pop())
            elif command == b"+":
                token = jobserver.take()
                held += [token] if token else []
                os.write(1, b"1" if token else b"0")
    except BrokenPipeError:
        pass
    finally:
        for token in held:
            jobserver.give(token)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    keep(Semaphore(sys.argv[1]) if len(sys.argv) == 2 else Pipe(sys.argv[1], sys.argv[2]))
