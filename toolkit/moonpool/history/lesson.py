"""What a run's journal teaches."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from moonpool.history.estimate import digest
from moonpool.history.middle import median
from moonpool.history.record import FileRun, RunRecord, StartRun, day_of
from moonpool.history.store import add_run
from moonpool.journal import read_journal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from moonpool.journal import Entry

__all__ = ["remember", "what_it_taught"]

_EVENTS = ("run", "workers-added", "file-start", "file-end", "crash", "out-of-memory", "end")


def remember(history_file: Path, journal: Path, *, root: Path) -> bool:
    """Let the history learn from a journal of a complete run in the project at ``root``.

    False when there was nothing to learn, or the history is of another version. Raises OSError
    when a file cannot be read or written.
    """
    run = what_it_taught(journal, root)
    return run is not None and add_run(history_file, run)


def what_it_taught(journal: Path, root: Path) -> RunRecord | None:
    """Return the record of a journal's run; None when it measured no whole file.

    A file in which a worker died was not measured. Raises OSError for an unreadable journal.
    """
    events = defaultdict[str, list["Entry"]](list)
    for entry in read_journal(journal, _EVENTS):
        events[entry.event].append(entry)
    if not events["run"]:
        return None
    run = events["run"][0]
    crashed = {entry.facts["test"].partition("::")[0] for entry in events["crash"]}
    parts = defaultdict[str, list["Mapping[str, Any]"]](list)
    for entry in events["file-end"]:
        parts[entry.facts["file"]].append(entry.facts)
    files = {
        name: _file_run(found, _content_digest(root / name))
        for name, found in parts.items()
        if name not in crashed
    }
    if not files:
        return None
    machine = str(run.facts.get("machine", ""))
    return RunRecord(machine, files, _start(events), day_of(run.time))


def _content_digest(path: Path) -> str:
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""


def _file_run(parts: Sequence[Mapping[str, Any]], content: str) -> FileRun:
    # A file may have run in parts, on several workers. What it waited for a CPU it would not wait
    # on an idle machine; counted as work, it would call for workers and make all wait longer.
    seconds = max(_total(parts, "seconds") - _total(parts, "waited_seconds"), 1e-4)
    cpu = _total(parts, "cpu_seconds") + _total(parts, "children_seconds")
    peak = max(int(part.get("peak_bytes", 0)) for part in parts)
    return FileRun(seconds, int(_total(parts, "tests")), content, cpu / seconds, peak)


def _total(parts: Sequence[Mapping[str, Any]], name: str) -> float:
    return sum(float(part.get(name, 0.0)) for part in parts)


def _start(events: Mapping[str, Sequence[Entry]]) -> StartRun | None:
    starts, ends = events["file-start"], events["file-end"]
    cpu = [e.facts["start_cpu_seconds"] for e in ends if "start_cpu_seconds" in e.facts]
    # A run that took workers later on has started twice.
    if events["workers-added"] or not (starts and ends and cpu and events["end"]):
        return None
    run = events["run"][0]
    before = starts[0].time - run.time
    after = events["end"][-1].time - max(entry.time for entry in ends)
    workers, cpus = int(run.facts.get("workers", 0)), float(run.facts.get("cpus", 1.0))
    least = max((int(e.facts["least_bytes"]) for e in events["out-of-memory"]), default=0)
    return StartRun(workers, max(0.0, before + after), median(cpu), cpus, least)
