"""What a run's own journal says, at its end, of how well its workers were used."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from moonpool.journal import read_journal
from moonpool.schedule import verdict

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["judge"]

_EVENTS = ("collected", "worker-down", "file-start", "file-end", "crash", "workers-added")


def judge(journal: Path) -> tuple[str, ...]:
    """Return the lines to show; none for a run without workers, with late ones, or with a crash.

    The most workers that were ready at a time are those that the run is measured against.
    """
    seconds, tests, times = Counter[str](), 0, list[float]()
    ready = most = 0
    for entry in read_journal(journal, _EVENTS):
        match entry.event:
            case "collected":
                ready += 1
                most = max(most, ready)
            case "worker-down":
                ready -= 1
            case "crash" | "workers-added":
                return ()
            case "file-start":
                times.append(entry.time)
            case "file-end":
                times.append(entry.time)
                seconds[entry.facts["file"]] += entry.facts["seconds"]
                tests += entry.facts["tests"]
    if most < 2 or not seconds:
        return ()
    return verdict(seconds, tests=tests, workers=most, seconds=max(times) - min(times))
