"""The folder of a project's journals: the last ones, and an end for the old ones."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["last_journals", "prune"]

# Enough to look back over a working day; a run of 5,000 tests takes about 0.7 MB.
_KEPT_RUNS = 20
_KEPT_BYTES = 32 * 2**20

# A journal may belong to a run that still goes on if it was written to this lately.
_QUIET_SECONDS = 3600.0


def last_journals(folder: Path) -> list[Path]:
    """Return the journals in a project's folder, the newest first."""
    return sorted(folder.glob("*.jsonl"), key=lambda path: path.name, reverse=True)


def prune(
    folder: Path,
    *,
    kept_runs: int = _KEPT_RUNS,
    kept_bytes: int = _KEPT_BYTES,
    now: float | None = None,
) -> list[Path]:
    """Remove the oldest journals beyond so many runs or bytes; return those that went.

    One that was written to within the last hour stays. Never raises OSError.
    """
    quiet_since = (time.time() if now is None else now) - _QUIET_SECONDS
    gone = []
    for path in _surplus(folder, kept_runs, kept_bytes):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < quiet_since:
                path.unlink()
                gone.append(path)
    return gone


def _surplus(folder: Path, kept_runs: int, kept_bytes: int) -> Iterator[Path]:
    size = 0
    for number, path in enumerate(last_journals(folder)):
        with contextlib.suppress(OSError):
            size += path.stat().st_size
        if number >= kept_runs or size > kept_bytes:
            yield path
