"""A run whose tests nobody has measured begins in pytest's own process, which costs nothing, and
takes workers once its first tests have shown that they pay.

The process runs the file that it is in to its end, where files stay whole, while the workers start
and get all tests after it; then it directs them, as in any run of pytest-xdist.
"""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from moonpool.budget import payback_limit, run_seconds
from moonpool.history import LEAST_CPUS
from moonpool.plugin.costs import Costs, Meter
from moonpool.plugin.distributions import SPLITTING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moonpool.budget import Suite
    from moonpool.plugin.crew import Crew
    from moonpool.plugin.decision import Decision

__all__ = ["LateWorkers", "worth_hiring"]

# Less tells too little: the first test also pays for what is made once.
_FIRST_LOOK_SECONDS = 0.5
_LOOK_SECONDS = 0.25

# Workers that start late must save this much, and this part of what is left.
_LEAST_SAVED_SECONDS = 0.5
_LEAST_SAVED_PART = 0.1

# What the controller itself spends on workers: starting their processes and saying good-bye.
_CONTROLLER_SECONDS = 0.4


class LateWorkers:
    """The plugin that runs the tests of such a run.

    ``hire`` starts so many workers for what is left, all but the tests with the given node ids;
    None when the machine has none to give. ``spared_seconds`` of what this process cost so far do
    not fall to workers.
    """

    def __init__(
        self,
        decision: Decision,
        hire: Callable[[pytest.Session, int, Suite, frozenset[str]], Crew | None],
        spared_seconds: float = 0.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._budget = decision.budget
        self._most = decision.late
        self._splits = decision.dist in SPLITTING
        self._hire = hire
        self._spared_seconds = spared_seconds
        self._clock = clock
        self._meter = Meter()
        self._began = self._looked = 0.0
        self._costs = Costs(0.0, 0.0, 0.0, 0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests as pytest does, and look at times whether workers would pay."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        self._began, self._costs = self._clock(), self._meter.read()
        suite = self._budget.suite._replace(
            start_seconds=self._costs.cpu_seconds - self._spared_seconds,
            fixed_start_seconds=_CONTROLLER_SECONDS,
            measured=True,
        )
        crew = None
        for position, item in enumerate(session.items):
            crew = crew or self._look(session, position, suite)
            following = _following(session.items, position)
            leaves = crew is not None and self._may_leave(item, following)
            nextitem = None if leaves else following
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
            _stop_if_told(session, crew)
            if crew is not None:
                crew.serve()
                if leaves:
                    crew.serve_to_end()
                    break
        return True

    def _may_leave(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        return self._splits or following is None or following.path != item.path

    def _look(self, session: pytest.Session, position: int, suite: Suite) -> Crew | None:
        now = self._clock()
        if now - self._began < _FIRST_LOOK_SECONDS or now - self._looked < _LOOK_SECONDS:
            return None
        self._looked = now
        costs, before = self._meter.read(), self._costs
        # As the history has it: waiting for a CPU is not work.
        busy = max(1e-3, now - self._began - costs.waited_seconds + before.waited_seconds)
        cpu = costs.cpu_seconds - before.cpu_seconds
        cpu += costs.children_seconds - before.children_seconds
        rest = self._rest(session.items, position)
        seconds = busy / position
        files = tuple(sorted((len(tests) * seconds for tests in rest), reverse=True))
        left = suite._replace(
            files=len(rest),
            file_seconds=files,
            tests=sum(map(len, rest)),
            worker_cpus=max(LEAST_CPUS, cpu / busy),
            longest_test_seconds=seconds if self._splits else None,
        )
        workers = worth_hiring(left, self._most, self._budget.cpus)
        if workers < 2:
            return None
        leaving = {test for tests in rest for test in tests}
        staying = frozenset(item.nodeid for item in session.items) - leaving
        return self._hire(session, workers, left, staying)

    def _rest(self, items: Sequence[pytest.Item], position: int) -> list[list[str]]:
        """Return the tests, by file, after the one at a position and those that stay with it."""
        pairs = zip(items[position:], [*items[position + 1 :], None], strict=True)
        stays = next(n for n, pair in enumerate(pairs, start=1) if self._may_leave(*pair))
        by_file = groupby(items[position + stays :], key=lambda item: item.path)
        return [[item.nodeid for item in tests] for _, tests in by_file]


def worth_hiring(left: Suite, most: int, cpus: float) -> int:
    """Return how many workers should run what is left of a run in one process; 0 for none."""
    apart = left.files if left.longest_test_seconds is None else left.tests
    most = min(most, apart or 0)
    if most < 2:
        return 0
    workers = payback_limit(most, left, cpus).workers
    alone = run_seconds(1, left, cpus)
    saved = alone - run_seconds(workers, left, cpus)
    return workers if saved >= max(_LEAST_SAVED_SECONDS, alone * _LEAST_SAVED_PART) else 0


def _following(items: Sequence[pytest.Item], position: int) -> pytest.Item | None:
    return items[position + 1] if position + 1 < len(items) else None


def _stop_if_told(session: pytest.Session, crew: Crew | None) -> None:
    if session.shouldfail or session.shouldstop:
        if crew is not None:
            crew.dismiss()
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        raise session.Interrupted(session.shouldstop)
