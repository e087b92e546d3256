"""Files that appear whole, JSON that carries a version, and locks that the kernel drops."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["lock_file", "read_versioned_json", "write_versioned_json", "write_whole"]


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


def write_whole(path: Path, data: bytes | str, *, mode: int | None = None) -> None:
    """Replace ``path`` by ``data`` in one step, so that a reader sees the old or the new file.

    Missing parent folders are made. Raises OSError when the folder cannot be written; nothing
    partial is left behind then. ``mode`` sets the permission bits; without it the umask decides.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = data.encode() if isinstance(data, str) else data
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".aside")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(aside).chmod(_default_mode() if mode is None else mode)
        Path(aside).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(aside).unlink()
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
