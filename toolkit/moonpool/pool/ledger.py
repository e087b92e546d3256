"""The folder of records: one file per controller, kept locked for its life, and one section.

A file whose lock is free belongs to nobody: the kernel dropped the lock with the process. Only
what lets somebody hold more needs the section; to hold less, or to leave, needs none.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from moonpool.pool.entries import RECORD_BYTES, Entry, decode_entry
from moonpool.pool.locks import PLAIN_FILE, opened, try_lock, unlock
from moonpool.pool.place import SECTION_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Ledger", "OwnRecord"]

_SUFFIX = ".json"

# A newcomer's file can be taken for a dead one's in the instant before it is locked. Somebody who
# does that once per file is unlikely; ten times means that something else is wrong.
_MOST_ATTEMPTS = 10

# Long enough to let the processor go, short beside the few milliseconds that a section takes.
_SHORTEST_NAP, _LONGEST_NAP = 0.0005, 0.005


class OwnRecord:
    """This controller's file and the lock on it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        found = os.fstat(descriptor)
        self._identity = (found.st_dev, found.st_ino)

    @property
    def id(self) -> str:
        """The name that no other record of this ledger has."""
        return self.path.name.removesuffix(_SUFFIX)

    def write(self, record: bytes) -> None:
        """Replace the content in one write."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        if os.write(self._descriptor, record) != len(record):
            raise OSError(f"`{self.path.parent}` took only a part of a record")

    def in_place(self) -> bool:
        """Whether the file is still where others look for it."""
        try:
            found = self.path.stat(follow_symlinks=False)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def remove(self) -> None:
        """Delete the file and let go of the lock."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        self.close()
        # Windows deletes no open file, so there the first attempt was in vain.
        with contextlib.suppress(OSError):
            self.path.unlink()

    def close(self) -> None:
        """Close the file; a forked child does so and leaves its parent's lock alone."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


class Ledger(NamedTuple):
    """The records below one folder."""

    folder: Path

    @contextlib.contextmanager
    def section(self, patience_seconds: float) -> Iterator[bool]:
        """Enter the critical section; the block is told False when the patience was too short.

        Raises OSError when the folder is gone or cannot be written.
        """
        path = self.folder / SECTION_FILE
        with opened(path, os.O_RDWR | os.O_CREAT) as descriptor:
            entered = _wait_for_lock(descriptor, patience_seconds)
            try:
                if entered:
                    _sign(descriptor)
                # Somebody may have deleted the file while we waited: then others lock a new one.
                yield entered and os.path.samestat(os.fstat(descriptor), os.stat(path))  # noqa: PTH116
            finally:
                if entered:
                    unlock(descriptor)

    def last_entry(self) -> str | None:
        """Return who was the last to enter the section: a process and a moment, or None."""
        try:
            return (self.folder / SECTION_FILE).read_text(encoding="utf-8").strip() or None
        except (OSError, ValueError):
            return None

    def enter(self, record: bytes) -> OwnRecord:
        """Add a record that stays while the process lives.

        Raises OSError when the folder is gone or cannot be written.
        """
        for _ in range(_MOST_ATTEMPTS):
            path = self.folder / f"{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
            with contextlib.suppress(FileExistsError):
                own = _new_record(path, record)
                if own is not None:
                    return own
        raise OSError(f"`{self.folder}` does not keep new files")

    def entries(self, *, without: str | None = None, reap: bool) -> list[Entry]:
        """Return the records of the living, in no order.

        ``reap`` deletes those of the dead, which only the holder of the section may do.
        Raises OSError when the folder is gone.
        """
        names = (name for name in os.listdir(self.folder) if name.endswith(_SUFFIX))  # noqa: PTH208
        found = (
            self._entry(name, reap=reap) for name in names if name.removesuffix(_SUFFIX) != without
        )
        return [entry for entry in found if entry is not None]

    def _entry(self, name: str, *, reap: bool) -> Entry | None:
        """Return one record, or None when it is nobody's."""
        path = f"{self.folder}{os.sep}{name}"
        identifier = name.removesuffix(_SUFFIX)
        try:
            with opened(path, os.O_RDONLY) as descriptor:
                if not try_lock(descriptor):
                    return decode_entry(identifier, os.read(descriptor, RECORD_BYTES))
                if reap:
                    # While we have the lock: a newcomer who has not locked its file yet would
                    # otherwise find it locked and in place, and lose it a moment later.
                    _unlink(path)
        except FileNotFoundError:
            return None
        except OSError:
            # What cannot be opened cannot be proven dead.
            return decode_entry(identifier, b"")
        if reap and sys.platform == "win32":
            # Windows deletes no open file, neither ours in the attempt above nor a newcomer's now.
            _unlink(path)
        return None


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)  # noqa: PTH108 - a path object per record costs more than its reading


def _new_record(path: Path, record: bytes) -> OwnRecord | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | PLAIN_FILE, 0o600)
    own = OwnRecord(path, descriptor)
    try:
        own.write(record)
        if try_lock(descriptor) and own.in_place():
            return own
    except OSError:
        own.remove()
        raise
    own.remove()
    return None


def _sign(descriptor: int) -> None:
    # Tells who is stuck from a long line of others; nobody decides by it: a full disk is no harm.
    with contextlib.suppress(OSError):
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, f"{os.getpid()} {time.monotonic_ns()}".ljust(40).encode())


def _wait_for_lock(descriptor: int, patience_seconds: float) -> bool:
    deadline = time.monotonic() + patience_seconds
    while not try_lock(descriptor):
        if time.monotonic() >= deadline:
            return False
        # At random, so that many who wait do not wake in step.
        time.sleep(random.uniform(_SHORTEST_NAP, _LONGEST_NAP))  # noqa: S311
    return True
