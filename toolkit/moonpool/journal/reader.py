"""Reads journals: of running, ended and killed runs, and whatever a full disk has left of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from moonpool.journal.writer import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

__all__ = ["Entry", "read_journal"]


class Entry(NamedTuple):
    """One event: its name, its time in seconds since the epoch, and its facts."""

    event: str
    time: float
    facts: Mapping[str, Any]


def read_journal(path: Path, only: Collection[str] = ()) -> Iterator[Entry]:
    """Yield the events of a journal in the order in which they were written.

    ``only`` names the events that matter, if not all do; the others are not even parsed. Damaged
    lines are left out. A journal of a newer version yields nothing. Raises OSError when there is
    no such file.
    """
    starts = tuple(f'{{"event":"{event}"' for event in only)
    with path.open(encoding="utf-8", errors="replace") as lines:
        first = _parse(next(lines, ""))
        if first is None or not _is_understood(first):
            return
        if not only or first.event in only:
            yield first
        for line in lines:
            entry = _parse(line) if not starts or line.startswith(starts) else None
            if entry is not None:
                yield entry


def _is_understood(first: Entry) -> bool:
    version = first.facts.get("version")
    return isinstance(version, int) and version <= VERSION


def _parse(line: str) -> Entry | None:
    try:
        facts = json.loads(line)
        return Entry(str(facts.pop("event")), float(facts.pop("time")), facts)
    except (ValueError, AttributeError, KeyError, TypeError):
        return None
