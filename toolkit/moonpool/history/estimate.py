"""What the next run will cost, from what is known and from the tests that lie on disk."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.history.record import FileHistory, History

__all__ = ["Estimate", "Predictions", "estimate", "predict"]

# A pure unit test takes 1-10 ms, one that uses a database 50-500 ms: the guess for a project that
# nothing is known of. Files of a known project get the project's own median instead.
_SECONDS_PER_UNKNOWN_TEST = 0.01

# What a worker costs beyond what pytest itself costs, measured with pytest-xdist 3.8 on Python
# 3.11: interpreter, pytest's and its plugins' imports, and the controller's hand-shake.
_BARE_WORKER_SECONDS = 0.8
_UNKNOWN_READY_SECONDS = 0.4


@dataclass(frozen=True)
class Estimate:
    """Predicted seconds: per file, longest first, and for one worker before its first test."""

    file_seconds: tuple[float, ...]
    start_seconds: float
    measured: bool


@dataclass(frozen=True)
class Predictions:
    """Predicted seconds of each known test file, and of one test in any other file."""

    file_seconds: Mapping[str, float]
    seconds_per_test: float


def predict(
    history: History, *, seconds_per_unknown_test: float = _SECONDS_PER_UNKNOWN_TEST
) -> Predictions:
    """Return the median seconds of each known file, and the project's median seconds per test."""
    files = history.files
    return Predictions(
        {name: median(file.seconds) for name, file in files.items()},
        _median_seconds_per_test(files) or seconds_per_unknown_test,
    )


def estimate(
    history: History,
    file_tests: Mapping[str, int],
    *,
    seconds_per_test: float = _SECONDS_PER_UNKNOWN_TEST,
) -> Estimate:
    """Predict a run of the given test files, each with its number of tests.

    A file without history counts as its tests times the project's median seconds per test, and
    ``seconds_per_test`` where the project is unknown too; never as nothing.
    """
    per_test = _median_seconds_per_test(history.files) or seconds_per_test
    seconds = (
        median(history.files[name].seconds) if name in history.files else max(1, tests) * per_test
        for name, tests in file_tests.items()
    )
    return Estimate(
        file_seconds=tuple(sorted(seconds, reverse=True)),
        start_seconds=_start_seconds(history),
        measured=any(name in history.files for name in file_tests),
    )


def _median_seconds_per_test(files: Mapping[str, FileHistory]) -> float | None:
    per_test = [median(file.seconds) / file.tests for file in files.values() if file.tests]
    return median(per_test) if per_test else None


def _start_seconds(history: History) -> float:
    # A worker repeats the imports and the collection that one process does before its first test,
    # beside the other workers; the controller's own collection is saved, hence half.
    ready = median(history.ready_seconds) if history.ready_seconds else _UNKNOWN_READY_SECONDS
    if history.ready_seconds and history.ready_seconds_with_workers:
        return max(0.1, median(history.ready_seconds_with_workers) - ready)
    return _BARE_WORKER_SECONDS + ready / 2
