"""What the next run will cost, from what is known and from the tests that lie on disk."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from moonpool.history.middle import median

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from moonpool.history.record import FileHistory, FileRun, History, StartRun

__all__ = [
    "LEAST_CPUS",
    "MEMORY_MARGIN",
    "Estimate",
    "FileEstimate",
    "Predictions",
    "SourceFile",
    "digest",
    "estimate",
    "predict",
]

# With fewer runs of a file's present content, those of its other contents count as well: one bad
# run must not be all that is known.
_ENOUGH_RUNS = 3
_RUNS = 5

# What the largest worker took, and a quarter for what the next change may add.
MEMORY_MARGIN = 1.25

# A worker that only sleeps still costs its controller's work for each test.
LEAST_CPUS = 0.05


class SourceFile(NamedTuple):
    """A test file as it lies on disk: its visible tests, and the digest of its content."""

    tests: int
    content: str = ""


def digest(content: bytes) -> str:
    """Return what stands for a file's content: by it, a file that was renamed is known again.

    A checksum and the length tell a project's files apart, and spare each run the import of
    `hashlib`, which takes longer than reading a hundred test files.
    """
    return f"{zlib.crc32(content):08x}{len(content):x}"


class FileEstimate(NamedTuple):
    """The seconds that a test file will take, and the number of its tests."""

    seconds: float
    tests: int


class Estimate(NamedTuple):
    """What a run of some test files will cost.

    ``worker_cpus`` is the CPU seconds that a worker spends per second, its child processes
    included, and ``worker_bytes`` its peak memory with a margin; None where nobody has measured
    them. ``measured`` says whether any of the files has run before.
    """

    files: Mapping[str, FileEstimate]
    measured: bool
    worker_cpus: float | None = None
    worker_bytes: int | None = None

    @property
    def file_seconds(self) -> tuple[float, ...]:
        """The seconds of each file, longest first."""
        return tuple(sorted((file.seconds for file in self.files.values()), reverse=True))

    @property
    def tests(self) -> int:
        """The number of all tests."""
        return sum(file.tests for file in self.files.values())

    @property
    def longest_test_seconds(self) -> float:
        """The mean seconds of a test in the file with the longest ones."""
        means = (file.seconds / max(1, file.tests) for file in self.files.values())
        return max(means, default=0.0)


class Predictions(NamedTuple):
    """Predicted seconds of each known file with so many tests, and of a test in any other file."""

    file_seconds: Mapping[str, float]
    file_tests: Mapping[str, int]
    seconds_per_test: float


def predict(
    history: History,
    machine: str,
    files: Mapping[str, SourceFile] | None = None,
    *,
    seconds_per_unknown_test: float,
) -> Predictions:
    """Return the seconds of each known file, and the project's median seconds per test.

    ``files`` are those on disk: by their content a file is known again that was renamed.
    """
    known = dict(_Known(history, machine, files or {}).all())
    per_test = [_seconds(runs) / _tests(runs) for runs in known.values()]
    return Predictions(
        {name: _seconds(runs) for name, runs in known.items()},
        {name: _tests(runs) for name, runs in known.items()},
        _median(per_test) or seconds_per_unknown_test,
    )


def estimate(
    history: History,
    machine: str,
    files: Mapping[str, SourceFile],
    *,
    seconds_per_test: float,
) -> Estimate:
    """Predict a run of the given test files on a class of machine.

    A file without history counts as its tests times the project's median seconds per test, and
    ``seconds_per_test`` where the project is unknown too; never as nothing.
    """
    known = _Known(history, machine, files)
    found = {name: runs for name in files if (runs := known.runs(name))}
    usual = predict(history, machine, files, seconds_per_unknown_test=seconds_per_test)
    estimates = {
        name: FileEstimate(_seconds(found[name]), _tests(found[name]))
        if name in found
        else FileEstimate(max(1, file.tests) * usual.seconds_per_test, file.tests)
        for name, file in files.items()
    }
    return Estimate(
        files=estimates,
        measured=bool(found),
        worker_cpus=_worker_cpus(found.values()),
        worker_bytes=_worker_bytes(found.values(), history.starts.get(machine, ())),
    )


class _Known:
    """The runs that speak for a file: on this machine, with this content, under its old name."""

    def __init__(self, history: History, machine: str, files: Mapping[str, SourceFile]) -> None:
        self._history = history
        self._machine = machine
        self._files = files
        self._factors: dict[str, float] = {}
        # Only a file that is gone can have been renamed.
        self._gone = {
            run.content: name
            for name, file in history.files.items()
            if files and name not in files
            for runs in file.runs.values()
            for run in runs
            if run.content
        }

    def all(self) -> Iterable[tuple[str, Sequence[FileRun]]]:
        for name in {**self._history.files, **self._files}:
            if runs := self.runs(name):
                yield name, runs

    def runs(self, name: str) -> Sequence[FileRun]:
        content = self._files[name].content if name in self._files else ""
        file = self._history.files.get(name)
        if file is None and content in self._gone:
            file = self._history.files[self._gone[content]]
        if file is None:
            return ()
        runs = self._on_this_machine(file)
        same = [run for run in runs if run.content == content]
        return (same if len(same) >= _ENOUGH_RUNS else runs)[-_RUNS:]

    def _on_this_machine(self, file: FileHistory) -> Sequence[FileRun]:
        if self._machine in file.runs:
            return file.runs[self._machine]
        machine, runs = list(file.runs.items())[-1]
        factor = self._factor(machine)
        return [_scaled(run, factor) for run in runs]

    def _factor(self, other: str) -> float:
        """Return how much longer a file takes here than on another class of machine."""
        if other not in self._factors:
            ratios = [
                _seconds(file.runs[self._machine]) / _seconds(file.runs[other])
                for file in self._history.files.values()
                if self._machine in file.runs and other in file.runs
            ]
            self._factors[other] = _median(ratios) or 1.0
        return self._factors[other]


def _scaled(run: FileRun, factor: float) -> FileRun:
    return run._replace(seconds=run.seconds * factor)


def _seconds(runs: Sequence[FileRun]) -> float:
    # A whole file takes some time, whatever the clock's rounding has made of it.
    return max(median(run.seconds for run in runs), 1e-4)


def _tests(runs: Sequence[FileRun]) -> int:
    return max(1, int(median(run.tests for run in runs)))


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return median(found) if found else None


def _worker_cpus(files: Iterable[Sequence[FileRun]]) -> float | None:
    weighted = [(_seconds(runs), median(run.cpus for run in runs)) for runs in files]
    if not weighted:
        return None
    total = sum(seconds for seconds, _ in weighted)
    return max(LEAST_CPUS, sum(seconds * cpus for seconds, cpus in weighted) / total)


def _worker_bytes(files: Iterable[Sequence[FileRun]], starts: Iterable[StartRun]) -> int | None:
    peaks = (median(run.peak_bytes for run in runs) for runs in files)
    largest = max(peaks, default=0)
    # The file that a worker was killed in has no peak: it was still growing.
    least = max((run.least_bytes for run in starts), default=0)
    return max(int(largest * MEMORY_MARGIN), least) or None
