"""Whatever workers do, every test is handed out once and every unit stays whole and in order."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from moonpool.schedule import Dispatch, Unit


class Crew(RuleBasedStateMachine):
    """Workers as pytest-xdist has them: queues that run in order, deaths, and late arrivals."""

    def __init__(self) -> None:
        super().__init__()
        self.dispatch: Dispatch[int] = Dispatch(())
        self.queues: dict[int, deque[int]] = {}
        self.asks: dict[int, bool] = {}
        self.ended: set[int] = set()
        self.runs: dict[int, list[int]] = {}
        self.finished: list[int] = []
        self.crashed: list[int] = []
        self.home: dict[int, int] = {}
        self.next_worker = 0

    @initialize(sizes=st.lists(st.integers(1, 12), max_size=8))
    def begin(self, sizes: list[int]) -> None:
        units, first = [], 0
        for number, size in enumerate(sizes):
            tests = tuple(range(first, first + size))
            units.append(Unit(f"file {number}", tests, float(size)))
            self.home.update(dict.fromkeys(tests, number))
            first += size
        self.dispatch = Dispatch(units)

    @precondition(lambda self: len(self.queues) < 5)
    @rule(asks=st.booleans())
    def add(self, asks: bool) -> None:
        worker = self.next_worker
        self.next_worker += 1
        self.queues[worker], self.asks[worker], self.runs[worker] = deque(), asks, []
        self.dispatch.join(worker, asks=asks)
        self.serve(worker)

    @rule(data=st.data(), seconds=st.sampled_from([0.0, 0.01, 1.0]))
    def run_one(self, data: st.DataObject, seconds: float) -> None:
        if able := [worker for worker in self.queues if self.is_able(worker)]:
            self.step(data.draw(st.sampled_from(able)), seconds)

    @rule(data=st.data(), again=st.booleans())
    def crash(self, data: st.DataObject, again: bool) -> None:
        if not self.queues:
            return
        worker = data.draw(st.sampled_from(sorted(self.queues)))
        queue = self.queues.pop(worker)
        assert self.dispatch.leave(worker) == (queue[0] if queue else None)
        if queue and again:
            self.dispatch.restore(queue[0])
        elif queue:
            self.crashed.append(queue[0])

    @rule(data=st.data())
    def retire(self, data: st.DataObject) -> None:
        if not self.queues:
            return
        worker = data.draw(st.sampled_from(sorted(self.queues)))
        takers = [
            w for w in self.queues if w not in self.ended and not self.dispatch.is_retiring(w)
        ]
        accepted = self.dispatch.retire(worker)
        assert accepted or not [taker for taker in takers if taker != worker]
        self.serve(worker)

    def step(self, worker: int, seconds: float) -> None:
        queue = self.queues[worker]
        test = queue[0]
        self.runs[worker].append(test)
        if self.asks[worker] and len(queue) == 1 and worker not in self.ended:
            self.dispatch.ask(worker)
            before = self.dispatch.unbound
            self.serve(worker)
            if before and not self.dispatch.is_retiring(worker):
                assert len(queue) > 1, "a worker that asked got nothing though something was left"
        queue.popleft()
        self.finished.append(test)
        self.dispatch.finish(worker, test, seconds)
        self.serve(worker)

    def serve(self, worker: int) -> None:
        step = self.dispatch.decide(worker)
        assert not (step.tests and worker in self.ended), "a worker that was told to end got tests"
        if step.end:
            self.ended.add(worker)
        self.queues[worker].extend(step.tests)

    def is_able(self, worker: int) -> bool:
        # pytest-xdist's own loop must know what follows before it starts a test.
        queue = self.queues[worker]
        known = len(queue) > 1 or worker in self.ended
        return bool(queue) and (self.asks[worker] or known)

    @invariant()
    def no_worker_stands_still(self) -> None:
        for worker in self.queues:
            assert worker in self.ended or self.is_able(worker)

    @invariant()
    def nothing_runs_twice(self) -> None:
        done = self.finished + self.crashed
        assert len(done) == len(set(done))

    @invariant()
    def a_worker_that_asks_holds_one_unit(self) -> None:
        for worker, queue in self.queues.items():
            if self.asks[worker]:
                assert len({self.home[test] for test in queue}) <= 1

    @invariant()
    def units_run_in_order(self) -> None:
        for tests in self.runs.values():
            for unit in {self.home[test] for test in tests}:
                own = [test for test in tests if self.home[test] == unit]
                assert own == sorted(own)

    def teardown(self) -> None:
        while self.dispatch.has_unfinished:
            able = [worker for worker in self.queues if self.is_able(worker)]
            if able:
                self.step(able[0], 0.01)
            else:
                assert all(worker in self.ended for worker in self.queues), "a deadlock"
                self.add(asks=True)
        assert sorted(self.finished + self.crashed) == sorted(self.home)
        assert self.dispatch.unbound_seconds == pytest.approx(0.0)


TestCrew = Crew.TestCase
TestCrew.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
