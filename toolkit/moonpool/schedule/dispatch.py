"""Who runs what: the state machine behind pytest-xdist's scheduler and behind the simulator.

It knows units, workers and events, and nothing of processes. A unit is bound to a worker as late
as that worker allows, stays with it, and is sent in chunks. After each event `decide` says what
the worker is to be told. All work per event is constant, whatever the number of tests.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from moonpool.schedule.load import Load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moonpool.schedule.unit import Unit

__all__ = ["Dispatch", "Step"]

Worker = TypeVar("Worker", bound=Hashable)


@dataclass(frozen=True)
class Step:
    """What to tell a worker: further tests to run, and whether it ends after all it has."""

    tests: tuple[int, ...] = ()
    end: bool = False


class Dispatch(Generic[Worker]):
    """The unbound units in the order in which they start, and the load of each worker."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._unbound = deque(units)
        self._home = {test: unit for unit in self._unbound for test in unit.tests}
        self._loads: dict[Worker, Load] = {}
        self._unbound_seconds = sum(unit.seconds for unit in self._unbound)

    @property
    def unbound(self) -> tuple[Unit, ...]:
        """The units that no worker has yet, next one first."""
        return tuple(self._unbound)

    @property
    def unbound_seconds(self) -> float:
        """The predicted seconds of the units that no worker has yet."""
        return self._unbound_seconds if self._unbound else 0.0

    @property
    def has_unfinished(self) -> bool:
        """Whether a test is left that has not been run to its end."""
        return bool(self._unbound) or any(load.tests for load in self._loads.values())

    @property
    def is_nearly_done(self) -> bool:
        """Whether nothing is left beyond the last test of each worker."""
        return not self._unbound and all(load.tests < 2 for load in self._loads.values())

    def __contains__(self, worker: Worker) -> bool:
        return worker in self._loads

    def is_retiring(self, worker: Worker) -> bool:
        """Whether the worker gets no further unit."""
        return self._loads[worker].retiring

    def join(self, worker: Worker, *, asks: bool) -> None:
        """Take in a worker; one that ``asks`` calls `ask` when it needs to know its next test."""
        assert worker not in self._loads
        self._loads[worker] = Load(asks)

    def ask(self, worker: Worker) -> None:
        """Note that the worker has no test after the one that it runs."""
        self._loads[worker].ask()

    def finish(self, worker: Worker, test: int, seconds: float) -> None:
        """Note that the worker has run a test, in so many seconds."""
        self._loads[worker].finish(test, seconds)

    def retire(self, worker: Worker) -> bool:
        """Bind no further unit to the worker; False if nobody else would run those that are left.

        It is told to end when it has run what it holds.
        """
        others = (load for key, load in self._loads.items() if key != worker)
        if self._unbound and all(load.retiring or load.ended for load in others):
            return False
        self._loads[worker].retiring = True
        return True

    def leave(self, worker: Worker) -> int | None:
        """Drop a worker that is gone; return the test that it was running, if it was.

        Its other unfinished tests become unbound again, before all others and in order.
        """
        load = self._loads.pop(worker)
        running = load.sent.popleft() if load.sent else None
        # They are of one unit: a further one is only ever bound behind a single test.
        if rest := (*load.sent, *load.unsent):
            self._put_first(self._home[rest[0]].only(rest))
        return running

    def restore(self, test: int) -> None:
        """Make a test unbound again that had been given up, before all others."""
        unit = self._home[test]
        rest: tuple[int, ...] = ()
        if self._unbound and self._unbound[0].name == unit.name:
            rest = self._take_first().tests
        self._put_first(unit.only((test, *rest)))

    def decide(self, worker: Worker) -> Step:
        """Return what the worker is to be told now; the caller tells it before the next event."""
        load = self._loads[worker]
        tests = load.send()
        while load.needs_unit:
            if load.retiring or not self._unbound:
                load.ended = True
                return Step(tests, end=True)
            load.bind(self._take_first())
            tests += load.send()
        return Step(tests)

    def _take_first(self) -> Unit:
        unit = self._unbound.popleft()
        self._unbound_seconds -= unit.seconds
        return unit

    def _put_first(self, unit: Unit) -> None:
        self._unbound.appendleft(unit)
        self._unbound_seconds += unit.seconds
