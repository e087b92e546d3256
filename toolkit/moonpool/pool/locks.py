"""Locks on open files that the kernel drops when their process ends, however it ends.

flock belongs to the open file, not to the process, so a second descriptor of the same process sees
it too; where the kernel turns it into the other kind (NFS), or ignores it, ``locks_work`` says so.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["PLAIN_FILE", "locks_work", "opened", "try_lock", "unlock"]

# Windows forbids others to read a locked byte; this one lies far beyond any content.
_LOCKED_BYTE = 2**30

# Never through a symbolic link, and never hanging on a FIFO that somebody put there.
PLAIN_FILE = (
    getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOINHERIT", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def try_lock(descriptor: int) -> bool:
    """Take the exclusive lock of an open file if it is free; False when somebody has it.

    Raises OSError where the file system has no locks.
    """
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def unlock(descriptor: int) -> None:
    """Let go of a lock, also for a child that inherited the open file by a fork."""
    if sys.platform == "win32":
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextlib.contextmanager
def opened(path: Path | str, flags: int, mode: int = 0o600) -> Iterator[int]:
    """Open a plain file for the time of a block."""
    descriptor = os.open(path, flags | PLAIN_FILE, mode)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def locks_work(path: Path) -> bool:
    """Whether a lock on ``path`` keeps a second descriptor out; the file is made if needed.

    Raises OSError when the file cannot be made.
    """
    flags = os.O_RDWR | os.O_CREAT
    with opened(path, flags) as first, opened(path, flags) as second:
        try:
            # When somebody else has the lock, the first attempt shows already that locks work.
            return not (try_lock(first) and try_lock(second))
        except OSError:
            return False
