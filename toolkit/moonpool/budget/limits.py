"""The limits on a number of workers, each worked out on its own from plain facts."""

from __future__ import annotations

import math
from typing import NamedTuple

from moonpool.units import format_bytes, format_count

__all__ = ["Capacity", "Limit", "Suite", "cpu_limit", "file_limit", "memory_limit"]

# A quota of 1.75 CPUs serves two workers at seven eighths of their speed, which beats leaving
# three quarters of a CPU idle; at 1.5 the second worker's start-up costs more than it brings.
_ROUND_UP_FROM = 0.75

# Workers that only wait could be hundreds; but each of them starts, imports and collects on these
# CPUs, and keeps a connection and its memory.
_MOST_PER_CPU = 4


class Capacity(NamedTuple):
    """What the machine gives: CPUs as a fraction, bytes of memory (None: unknown).

    ``memory_bytes`` is what is free now, ``memory_limit_bytes`` all that there is. The sources
    name the kernel's file or call that set the limit; ``doubts`` what could not be read.
    """

    cpus: float
    cpu_source: str
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    memory_source: str = "unknown"
    doubts: tuple[str, ...] = ()


class Suite(NamedTuple):
    """What is known of the tests before they run.

    ``files`` is the number of test files that can run side by side (None: unknown);
    ``file_seconds`` their predicted seconds, longest first, and ``tests`` how many tests they
    have. ``start_seconds`` is what each worker costs before its first test while it has a CPU of
    its own, ``fixed_start_seconds`` what a run with workers costs besides (below 0 where the
    controller saves more than it spends). Each worker is planned to take ``worker_bytes`` of
    memory and to keep ``worker_cpus`` CPUs busy. ``measured`` says whether the seconds come from
    earlier runs rather than from a count of tests. ``longest_test_seconds`` is given where the
    tests of a file may run on several workers, and None where each file stays on one.
    """

    files: int | None
    file_seconds: tuple[float, ...]
    start_seconds: float
    worker_bytes: int
    reserve_bytes: int
    measured: bool = False
    fixed_start_seconds: float = 0.0
    worker_cpus: float = 1.0
    tests: int = 0
    longest_test_seconds: float | None = None

    @property
    def work_seconds(self) -> float:
        """The predicted seconds of all tests on one worker."""
        return sum(self.file_seconds)

    @property
    def longest_seconds(self) -> float:
        """The predicted seconds of what has to stay on one worker."""
        if self.longest_test_seconds is not None:
            return self.longest_test_seconds
        return max(self.file_seconds, default=0.0)


class Limit(NamedTuple):
    """The most workers that one fact allows, and that fact in words."""

    name: str
    workers: int
    reason: str


def cpu_limit(capacity: Capacity, suite: Suite, share: float | None) -> Limit:
    """Return as many workers as keep the CPUs busy; fractions are rounded here and not earlier.

    Workers that wait are more than the CPUs, and those that start threads fewer.
    """
    cpus = capacity.cpus * (share or 1.0)
    fitting = min(cpus / suite.worker_cpus, cpus * _MOST_PER_CPU)
    workers = max(1, math.floor(fitting + (1 - _ROUND_UP_FROM)))
    part = f"{share:.0%} of " if share else ""
    reason = f"{part}{format_count(capacity.cpus, 'CPU')} ({capacity.cpu_source})"
    if workers != max(1, math.floor(cpus + (1 - _ROUND_UP_FROM))):
        reason += f", of which a worker keeps {suite.worker_cpus:.2g} busy"
    return Limit("cpu", workers, reason)


def memory_limit(capacity: Capacity, suite: Suite) -> Limit | None:
    """Return how many workers fit into the memory beside the reserve; None when it is unknown."""
    if capacity.memory_bytes is None:
        return None
    room = max(0, capacity.memory_bytes - suite.reserve_bytes)
    most = capacity.memory_limit_bytes
    whole = "" if most is None else f" of {format_bytes(most)}"
    reason = (
        f"{format_bytes(capacity.memory_bytes)} free{whole} ({capacity.memory_source}), less a "
        f"reserve of {format_bytes(suite.reserve_bytes)}, at {format_bytes(suite.worker_bytes)} "
        "per worker"
    )
    return Limit("memory", max(1, room // suite.worker_bytes), reason)


def file_limit(suite: Suite) -> Limit | None:
    """Return the number of what cannot be shared, files or tests: more workers would idle.

    None where it is unknown; how many tests a parameter makes is only known once they ran.
    """
    count, noun = suite.files, "test file"
    if suite.longest_test_seconds is not None:
        count, noun = suite.tests if suite.measured else None, "test"
    if count is None:
        return None
    return Limit("files", max(1, count), f"{format_count(count, noun)}, each on one worker")
