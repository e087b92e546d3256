"""A small file that its owner keeps locked while it lives; the kernel drops the lock with it."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from moonpool.files import lock_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Held", "hold", "is_held", "peek"]

# Never through a symbolic link, and never hanging on a FIFO that somebody put there.
_PLAIN = (
    getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
# Windows forbids others to read a locked byte; this one lies far beyond any content.
_LOCKED_BYTE = 2**30
# Whoever merely looks whether somebody lives has the lock for microseconds.
_PATIENCE_SECONDS = 0.1
_PAUSE_SECONDS = 0.002
# An owner may remove its file just when we opened it; ten times means that something is wrong.
_MOST_ATTEMPTS = 10


@dataclass(frozen=True)
class Held:
    """A file that is ours while this process lives."""

    path: Path
    _stream: IO[bytes] = field(repr=False)

    def read(self) -> bytes:
        """All of it."""
        self._stream.seek(0)
        return self._stream.read()

    def write(self, content: bytes) -> None:
        """Replace the content in one write."""
        self._stream.seek(0)
        self._stream.truncate()
        if self._stream.write(content) != len(content):
            raise OSError(f"`{self.path}` took only a part of its content")

    def remove(self) -> None:
        """Delete the file, then let go of it."""
        try:
            self.path.unlink(missing_ok=True)
            removed = True
        except OSError:
            # Windows deletes no open file, and once it is closed none that others have opened.
            removed = False
        self.close()
        if not removed:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def close(self) -> None:
        """Let go of the file and leave it where it is."""
        self._stream.close()


def hold(path: Path) -> Held | None:
    """Take a file, made if need be; None when somebody else has it or it is no plain file.

    Raises OSError when its folder cannot be written, or has no locks.
    """
    for _ in range(_MOST_ATTEMPTS):
        try:
            stream = _open(path, os.O_RDWR | os.O_CREAT)
        except OSError:
            if os.path.lexists(path):
                return None
            raise
        if not _lock_patiently(stream):
            stream.close()
            return None
        if _is_in_place(stream, path):
            return Held(path, stream)
        stream.close()
    raise OSError(f"`{path.parent}` does not keep new files")


def is_held(path: Path) -> bool:
    """Whether a file's owner lives; what cannot be opened cannot be proven dead."""
    try:
        with _open(path, os.O_RDONLY) as stream:
            return not _lock(stream)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def peek(path: Path) -> bytes:
    """The content of a plain file; raises OSError for anything else."""
    with _open(path, os.O_RDONLY) as stream:
        return stream.read()


def _open(path: Path, flags: int) -> IO[bytes]:
    descriptor = os.open(path, flags | _PLAIN, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"`{path}` is no plain file")
    return os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "rb", buffering=0)


def _lock(stream: IO[bytes]) -> bool:
    stream.seek(_LOCKED_BYTE)
    return lock_file(stream)


def _lock_patiently(stream: IO[bytes]) -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    try:
        while not _lock(stream):
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE_SECONDS)
    except BaseException:
        stream.close()
        raise
    return True


def _is_in_place(stream: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat(follow_symlinks=False))
    except OSError:
        return False
