"""What a run teaches that the kernel killed for want of memory, its controller with it.

Its journal has no end, nobody holds it any more, and the kernel counts more kills than when the run
began. That another process was killed and this one died of something else is possible; then its
project is planned with more memory than it needs until a run has ended.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from moonpool.history.record import RunRecord, StartRun, day_of
from moonpool.history.store import add_run
from moonpool.journal import Journal, is_held, last_journals, read_journal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moonpool.journal import Entry

__all__ = ["learn_from_killed"]

# What a killed process is said to have ended with: the signal, as Python tells it.
_KILLED = -9


def learn_from_killed(history_file: Path, folder: Path, oom_kills: int | None) -> int | None:
    """Let the history know if the last run in a journal's folder was killed for want of memory.

    ``oom_kills`` is the kernel's count by now. Return the bytes that each process is planned with
    from now on, or None where nothing was learnt; an unreadable journal teaches nothing.
    """
    newest = last_journals(folder)[:1]
    with contextlib.suppress(OSError):
        if oom_kills is not None and newest and not _has_ended(newest[0]):
            return _learn(history_file, newest[0], oom_kills)
    return None


def _has_ended(journal: Path) -> bool:
    # Nothing that follows the end is longer than this.
    with journal.open("rb") as stream:
        stream.seek(max(0, journal.stat().st_size - 4096))
        return b'{"event":"end"' in stream.read() or is_held(journal)


def _learn(history_file: Path, journal: Path, oom_kills: int) -> int | None:
    entries = list(read_journal(journal, ("run", "file-start", "file-end")))
    if not entries or entries[0].event != "run":
        return None
    run, facts = entries[0], entries[0].facts
    before, planned = facts.get("oom_kills"), facts.get("worker_bytes")
    if not isinstance(before, int) or not isinstance(planned, int) or oom_kills <= before:
        return None
    peaks = (int(entry.facts.get("peak_bytes", 0)) for entry in entries)
    least = 2 * max(planned, *peaks)
    machine = str(facts.get("machine", ""))
    record = RunRecord(machine, {}, _start(run, entries, least), day_of(run.time))
    if not add_run(history_file, record):
        return None
    ended = Journal.reopen(journal)
    ended.note("out-of-memory", worker="main", least_bytes=least)
    ended.note("end", exit=_KILLED)
    return least


def _start(run: Entry, entries: Sequence[Entry], least: int) -> StartRun:
    # Of what starting cost the CPU only the seconds are known.
    seconds = max(0.0, entries[min(1, len(entries) - 1)].time - run.time)
    workers, cpus = int(run.facts.get("workers", 0)), float(run.facts.get("cpus", 1.0))
    return StartRun(workers, seconds, seconds, cpus, least)
