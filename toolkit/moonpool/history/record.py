"""What one run measured, and how it joins what was known before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FileHistory", "History", "RunRecord", "learn"]

# The median of five is untouched by two bad runs, and follows a real change after three.
_KEPT_RUNS = 5


@dataclass(frozen=True)
class FileHistory:
    """The seconds that a test file took in its last runs, newest last, and its number of tests."""

    seconds: tuple[float, ...]
    tests: int


@dataclass(frozen=True)
class History:
    """What is known of a project.

    ``files`` maps a test file (relative to the project, forward slashes) to its history;
    ``ready_seconds`` holds the seconds from pytest's start to the first test of the last runs in
    one process, ``ready_seconds_with_workers`` the same for runs with workers.
    """

    files: Mapping[str, FileHistory] = field(default_factory=dict)
    ready_seconds: tuple[float, ...] = ()
    ready_seconds_with_workers: tuple[float, ...] = ()


@dataclass(frozen=True)
class RunRecord:
    """One finished run: ``file_seconds`` and ``file_tests`` per file that ran to its end."""

    file_seconds: Mapping[str, float]
    file_tests: Mapping[str, int]
    ready_seconds: float | None
    workers: int


def learn(known: History, run: RunRecord) -> History:
    """Return ``known`` with one more run; files that did not run keep what they had."""
    files = dict(known.files)
    for name, seconds in run.file_seconds.items():
        before = files[name].seconds if name in files else ()
        files[name] = FileHistory(_append(before, seconds), run.file_tests.get(name, 0))
    ready, with_workers = known.ready_seconds, known.ready_seconds_with_workers
    if run.ready_seconds is not None:
        if run.workers > 1:
            with_workers = _append(with_workers, run.ready_seconds)
        else:
            ready = _append(ready, run.ready_seconds)
    return History(files, ready, with_workers)


def _append(before: tuple[float, ...], seconds: float) -> tuple[float, ...]:
    return (*before, round(seconds, 4))[-_KEPT_RUNS:]
