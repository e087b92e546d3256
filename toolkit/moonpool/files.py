"""Files that appear whole, JSON that carries a version, and locks that the kernel drops."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "lock_file",
    "locked",
    "read_versioned_json",
    "write_versioned_json",
    "write_whole",
    "written_aside",
]

# A lock that others hold for milliseconds is asked for again this soon.
_LOCK_PAUSE_SECONDS = 0.005


def lock_file(stream: IO[bytes]) -> bool:
    """Take the exclusive lock of an open file if it is free; the kernel drops it at process end.

    False means that somebody else holds it. A file system without locks raises OSError.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextlib.contextmanager
def locked(path: Path, *, seconds: float) -> Iterator[None]:
    """Hold the lock of a file of its own, waiting up to so long for others to leave it.

    Where it cannot be had the body runs all the same: a file system without locks, or somebody who
    was stopped while he held it, must not stop everybody else. Raises OSError when the lock's file
    cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + seconds
    with path.open("ab") as stream:
        with contextlib.suppress(OSError):
            while not lock_file(stream) and time.monotonic() < until:
                time.sleep(_LOCK_PAUSE_SECONDS)
        yield


def write_whole(path: Path, data: bytes | str, *, mode: int | None = None) -> None:
    """Replace ``path`` by ``data`` in one step, so that a reader sees the old or the new file.

    Missing parent folders are made. Raises OSError when the folder cannot be written; nothing
    partial is left behind then. ``mode`` sets the permission bits; without it the umask decides.
    """
    with written_aside(path, mode=mode) as aside:
        aside.write_bytes(data.encode() if isinstance(data, str) else data)


@contextlib.contextmanager
def written_aside(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """Give an empty file for a block to fill, which then takes the place of ``path`` in one step.

    As ``write_whole``, for what somebody else writes and for what is too large to hold.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".aside")
    os.close(descriptor)
    aside = Path(name)
    try:
        yield aside
        aside.chmod(_default_mode() if mode is None else mode)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _default_mode() -> int:
    # mkstemp makes files 0600; os.umask can only be read by setting it.
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def write_versioned_json(path: Path, version: int, content: dict[str, Any]) -> None:
    """Write ``content`` as one JSON object whose first key is ``version``."""
    text = json.dumps({"version": version, **content}, indent=1, ensure_ascii=False)
    write_whole(path, text + "\n")


def read_versioned_json(path: Path, version: int) -> dict[str, Any] | None:
    """Return the object in ``path``, or None when it is absent, damaged or of another version.

    A file of another version is somebody else's to read; callers treat it as absent and must not
    overwrite one that is newer (see ``moonpool.history``).
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("version") != version:
        return None
    return content
