"""What a project's data file is of, kept within the file: whose tests, and which part of them.

An artifact of a CI job has lost the folder that it lay in, so the file itself says whose it is. The
union of all shards is of no part, like a run of all tests, so that both have the same bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from moonpool.coverage.datafile import add_meta, opened
from moonpool.coverage.parts import ALL, Parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Origin", "note_origin", "noted_origin", "origin_in"]

_KEY = "moonpool_origin"


class Origin(NamedTuple):
    """``project`` is the folder in the workspace, ``.`` for its root; None where nobody knows."""

    project: str | None = None
    parts: Parts = ALL


def note_origin(data_file: Path, origin: Origin) -> None:
    """Write an origin of which something is known into a data file that nobody else has yet."""
    known = {"parts": sorted(origin.parts), "project": origin.project}
    note = {name: value for name, value in known.items() if value}
    if note:
        add_meta(data_file, _KEY, json.dumps(note, sort_keys=True, separators=(",", ":")))


def noted_origin(data_file: Path) -> Origin:
    """Return the origin that a data file notes; raises as ``opened``."""
    with opened(data_file) as connection:
        return origin_in(dict(connection.execute("select key, value from meta")))


def origin_in(meta: Mapping[str, str]) -> Origin:
    """Return the origin that a data file's ``meta`` notes."""
    note = json.loads(meta.get(_KEY, "{}"))
    return Origin(note.get("project"), frozenset(note.get("parts", ())))
