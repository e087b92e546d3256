"""Which sources a project's data are about: a digest of each, kept within the data file itself.

Line numbers mean nothing for another text. coverage.py passes over a key of `meta` that it does not
know, so the file stays one that it reads, and the same sources give the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

from moonpool.coverage.datafile import add_meta, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = [
    "changed_since",
    "differing",
    "digests",
    "note_sources",
    "noted_sources",
    "sources_in",
]

_KEY = "moonpool_sources"
# 64 bits: enough to notice a change, and nobody gains by forging one.
_DIGITS = 16


def digests(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return a digest of each file below ``root`` that is there, the same for any line ends."""
    found = {}
    for name in names:
        with contextlib.suppress(OSError):
            text = (root / name).read_bytes().replace(b"\r\n", b"\n")
            found[name] = hashlib.sha256(text).hexdigest()[:_DIGITS]
    return found


def note_sources(data_file: Path, sources: Mapping[str, str]) -> None:
    """Write the digests into a data file that nobody else has yet."""
    add_meta(data_file, _KEY, json.dumps(sources, sort_keys=True, separators=(",", ":")))


def noted_sources(data_file: Path) -> dict[str, str]:
    """Return the digests that a data file holds, none if it has no such note.

    Raises as ``opened``.
    """
    with opened(data_file) as connection:
        return sources_in(dict(connection.execute("select key, value from meta")))


def sources_in(meta: Mapping[str, str]) -> dict[str, str]:
    """Return the digests that a data file's ``meta`` holds."""
    return dict(json.loads(meta.get(_KEY, "{}")))


def changed_since(data_file: Path, root: Path) -> tuple[str, ...]:
    """Return the names of files that are not what they were when the data was written.

    A file that is gone is none of them, and neither is one in data without digests. Raises as
    ``opened``.
    """
    before = noted_sources(data_file)
    return differing(before, digests(root, before))


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names whose digests are in both and not the same."""
    return tuple(name for name in sorted(before) if now.get(name, before[name]) != before[name])
