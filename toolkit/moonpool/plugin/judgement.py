"""What a run's own journal says, at its end, of how well its workers were used."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from moonpool.journal import read_journal
from moonpool.plugin.distributions import SPLITTING, WHOLE_FILES
from moonpool.schedule import Unit, advice, lower_bound, verdict

if TYPE_CHECKING:
    from pathlib import Path

    from moonpool.journal import Entry

__all__ = ["judge"]

_EVENTS = ("collected", "worker-down", "file-start", "file-end", "crash", "workers-added")


def judge(journal: Path, dist: str) -> tuple[str, ...]:
    """Return the lines to show; none for a run without workers, with late ones, or with a crash.

    The most workers that were ready at a time are those that the run is measured against. What no
    schedule could cut is a test where ``dist`` allows files to be cut, and otherwise what one
    worker ran of a file.
    """
    events = _EVENTS if dist not in SPLITTING else (*_EVENTS, "test")
    work = _Work()
    for entry in read_journal(journal, events):
        if entry.event in ("crash", "workers-added"):
            return ()
        work.take(entry)
    if work.most < 2 or not work.files:
        return ()
    bound = lower_bound(work.units, work.most)
    seconds = max(work.times) - min(work.times)
    sentence = verdict(bound, tests=work.count, workers=work.most, seconds=seconds)
    advised = advice(bound, work.files, work.most) if dist == WHOLE_FILES else None
    return (sentence, *filter(None, [advised]))


class _Work:
    """What was done, by how many at most, and when."""

    def __init__(self) -> None:
        self.files: list[Unit] = []
        self.times: list[float] = []
        self.count = self.most = 0
        self._tests = Counter[str]()
        self._ready = 0

    def take(self, entry: Entry) -> None:
        facts = entry.facts
        match entry.event:
            case "collected":
                self._ready += 1
                self.most = max(self.most, self._ready)
            case "worker-down":
                self._ready -= 1
            case "file-start":
                self.times.append(entry.time)
            case "file-end":
                self.times.append(entry.time)
                self.files.append(Unit(facts["file"], (len(self.files),), facts["seconds"]))
                self.count += facts["tests"]
            case "test":
                self._tests[facts["test"]] += facts["seconds"]

    @property
    def units(self) -> list[Unit]:
        """The tests where they were read, otherwise what each worker ran of each file."""
        if not self._tests:
            return self.files
        # What a file takes beside its tests' own reports is shared among them.
        each = sum(file.seconds for file in self.files) / (sum(self._tests.values()) or 1.0)
        tests = enumerate(self._tests.items())
        return [Unit(name, (number,), seconds * each) for number, (name, seconds) in tests]
