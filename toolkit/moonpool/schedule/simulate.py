"""A run of units on workers as it would go, by the code that directs real runs."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moonpool.schedule.dispatch import Dispatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moonpool.schedule.unit import Unit

__all__ = ["Simulation", "simulate"]


@dataclass(frozen=True)
class Simulation:
    """The makespan, and for each worker the tests that it ran, in order."""

    seconds: float
    tests: tuple[tuple[int, ...], ...]


def simulate(
    units: Iterable[Unit],
    workers: int,
    test_seconds: Sequence[float] | None = None,
    *,
    asks: bool = True,
) -> Simulation:
    """Run ``units``, in the given order, on ``workers`` workers that are all ready at once.

    ``test_seconds`` holds what each test of the collection really takes; without it the predictions
    come true. ``asks`` as for `Dispatch.join`. Raises ValueError when there is no worker.
    """
    if workers < 1:
        raise ValueError(f"found {workers} workers, expected at least 1")
    given = tuple(units)
    seconds = dict(enumerate(test_seconds)) if test_seconds is not None else _predicted(given)
    return _Run(Dispatch(given), [_Worker(asks) for _ in range(workers)], seconds).to_end()


def _predicted(units: Iterable[Unit]) -> dict[int, float]:
    return {test: unit.seconds / len(unit.tests) for unit in units for test in unit.tests}


@dataclass
class _Worker:
    asks: bool
    queue: deque[int] = field(default_factory=deque)
    ran: list[int] = field(default_factory=list)
    running: int | None = None
    ends: bool = False

    @property
    def may_start(self) -> bool:
        known = len(self.queue) > 1 or self.ends
        return self.running is None and bool(self.queue) and (self.asks or known)


class _Run:
    """One simulated run: the clock, and who finishes when."""

    def __init__(
        self, dispatch: Dispatch[int], workers: list[_Worker], seconds: dict[int, float]
    ) -> None:
        self._dispatch = dispatch
        self._workers = workers
        self._seconds = seconds
        self._now = 0.0
        self._ends: list[tuple[float, int]] = []

    def to_end(self) -> Simulation:
        for number, worker in enumerate(self._workers):
            self._dispatch.join(number, asks=worker.asks)
            self._serve(number)
        while self._ends:
            self._now, number = heapq.heappop(self._ends)
            self._finish(number)
        return Simulation(self._now, tuple(tuple(worker.ran) for worker in self._workers))

    def _finish(self, number: int) -> None:
        worker = self._workers[number]
        assert worker.running is not None
        if worker.asks and not worker.queue and not worker.ends:
            # As in a real worker: asked for in the teardown, before the test counts as finished.
            self._dispatch.ask(number)
            self._serve(number)
        test, worker.running = worker.running, None
        worker.ran.append(test)
        self._dispatch.finish(number, test, self._seconds[test])
        self._serve(number)

    def _serve(self, number: int) -> None:
        step, worker = self._dispatch.decide(number), self._workers[number]
        worker.queue.extend(step.tests)
        worker.ends = worker.ends or step.end
        if worker.may_start:
            worker.running = worker.queue.popleft()
            heapq.heappush(self._ends, (self._now + self._seconds[worker.running], number))
