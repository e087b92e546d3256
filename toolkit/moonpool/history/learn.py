"""How one more run joins what was known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from moonpool.history.record import FileHistory, FileRun, History, RunRecord, StartRun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["learn", "merge"]

# The median of five is untouched by two bad runs, and follows a real change after three.
_KEPT_RUNS = 5

# A test file differs between branches: the runs of this many of its contents are kept apart, so
# that work on one branch does not push out what another one needs.
_KEPT_CONTENTS = 3

# A developer's machine and two kinds of CI machines.
_KEPT_MACHINES = 3

# A file that no branch has run for two months is gone.
_KEPT_DAYS = 60

Run = TypeVar("Run", bound=FileRun | StartRun)


def learn(known: History, run: RunRecord) -> History:
    """Return ``known`` with one more run; files that did not run keep what they had."""
    files = dict(known.files)
    for name, file in run.files.items():
        before = files[name].runs if name in files else {}
        files[name] = FileHistory(_add(before, run.machine, (file,)), run.day)
    starts = known.starts
    if run.start is not None:
        starts = _add(starts, run.machine, (run.start,))
    return History(_fresh(files, run.day), starts)


def merge(known: History, other: History) -> History:
    """Return ``known`` with all that ``other`` knows as well, as if it had happened first."""
    files = dict(other.files)
    for name, file in known.files.items():
        older = files.get(name, FileHistory({}))
        files[name] = FileHistory(_join(older.runs, file.runs), max(older.day, file.day))
    return History(files, _join(other.starts, known.starts))


def _join(
    older: Mapping[str, tuple[Run, ...]], newer: Mapping[str, tuple[Run, ...]]
) -> Mapping[str, tuple[Run, ...]]:
    joined = older
    for machine, runs in newer.items():
        known = older.get(machine, ())
        joined = _add(joined, machine, tuple(run for run in runs if run not in known))
    return joined


def _add(
    before: Mapping[str, tuple[Run, ...]], machine: str, runs: tuple[Run, ...]
) -> Mapping[str, tuple[Run, ...]]:
    # The machine that ran last stands last, so that the first ones are those to forget.
    after = {name: kept for name, kept in before.items() if name != machine}
    after[machine] = _last([*before.get(machine, ()), *runs])
    return {name: after[name] for name in list(after)[-_KEPT_MACHINES:]}


def _last(runs: Sequence[Run]) -> tuple[Run, ...]:
    counts: Counter[object] = Counter()
    kept: list[Run] = []
    for run in reversed(runs):
        kind = _kind(run)
        if counts[kind] < _KEPT_RUNS and (kind in counts or len(counts) < _KEPT_CONTENTS):
            counts[kind] += 1
            kept.append(run)
    return tuple(reversed(kept))


def _kind(run: FileRun | StartRun) -> object:
    return run.content if isinstance(run, FileRun) else run.workers > 1


def _fresh(files: Mapping[str, FileHistory], today: int) -> dict[str, FileHistory]:
    return {name: file for name, file in files.items() if today - file.day <= _KEPT_DAYS}
