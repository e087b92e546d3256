"""The mark that a database of ours carries as its comment, and the lock that its owner holds.

The comment is one JSON object whose key ``moonpool`` is the format's version. A comment of another
version is somebody else's mark: it protects the database from us as an absent one does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["Mark", "advisory_key", "parse_mark", "render_mark"]

_VERSION = 1
_VERSION_KEY = "moonpool"


@dataclass(frozen=True)
class Mark:
    """Who made a database: one run of one project in one checkout."""

    project: str
    checkout: str
    run: str
    boot: str
    """The kernel's boot id on the owner's machine; empty where there is none."""
    started: str
    """When the run began, ISO 8601 in UTC."""
    lock: int
    """The key of the advisory lock on database ``postgres`` that the owner holds while alive."""


def advisory_key(kind: str, text: str) -> int:
    """A signed 64-bit key for ``pg_advisory_lock`` that nobody else derives from this text."""
    digest = hashlib.sha256(f"moonpool\0{kind}\0{text}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def render_mark(mark: Mark) -> str:
    """The comment for a database; ASCII, so that every server encoding can hold it."""
    return json.dumps({_VERSION_KEY: _VERSION, **asdict(mark)})


def parse_mark(comment: str | None) -> Mark | None:
    """Return the mark in a database's comment, or None when it is not one that we understand."""
    try:
        content = json.loads(comment or "")
    except ValueError:
        return None
    if not isinstance(content, dict) or content.get(_VERSION_KEY) != _VERSION:
        return None
    return _mark(content)


def _mark(content: dict[str, Any]) -> Mark | None:
    values = {item.name: content.get(item.name) for item in fields(Mark)}
    lock = values.pop("lock")
    if not isinstance(lock, int) or not all(isinstance(text, str) for text in values.values()):
        return None
    return Mark(**{name: str(text) for name, text in values.items()}, lock=lock)
