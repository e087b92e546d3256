"""A run takes workers as they come free, and gives back those that other runs are owed.

A worker is started only while it would save more than its start takes and the machine shows no
strain, and the youngest one is given up when memory runs short. One that retires runs its file to
the end; one that is still starting when no file is left for it is not waited for.
"""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.recorder import note_slots
from moonpool.plugin.strain import Strain
from moonpool.plugin.terminal import announce
from moonpool.plugin.xdist_session import find_xdist_session
from moonpool.schedule import worthwhile_workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

    from moonpool.plugin.decision import Decision
    from moonpool.plugin.scheduler import FileScheduler
    from moonpool.plugin.scheduling import LongestFirst
    from moonpool.plugin.sharing import Share
    from moonpool.plugin.strain import Moment
    from moonpool.plugin.xdist_session import XdistSession

__all__ = ["Elastic"]

# A worker that another run gives back is taken within this time; asking costs about a millisecond.
_TICK_SECONDS = 0.5
# How long a worker may take to end once it has no more tests; pytest-xdist gives its own 10 s.
_LAST_WORDS_SECONDS = 30.0
# Each start keeps the controller from its other workers for 0.05 s and more.
_MOST_STARTS_PER_TICK = 4
# Runs that come and go would have a slot change hands with each of them: who gave one back asks
# again after so many times what a worker takes to start.
_PAUSE_STARTS = 3.0


class Elastic:
    """The controller's plugin that grows a run from what it was granted to what it wants."""

    def __init__(
        self,
        config: pytest.Config,
        share: Share,
        order: LongestFirst,
        decision: Decision,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._announce = partial(announce, config)
        self._note_slots = partial(note_slots, config)
        self._share = share
        self._strain = Strain(share.read, share.reserve_bytes)
        self._order = order
        self._decision = decision
        self._most = decision.wanted
        self._lost = 0
        self._workers = decision.workers
        self._start_seconds = decision.budget.suite.start_seconds
        self._clock = clock
        self._session: XdistSession | None = None
        self._began: float | None = None
        self._starting: dict[WorkerController, float] = {}
        self._ending: list[WorkerController] = []
        self._is_short = False
        self._grows_from = 0.0
        self._done = threading.Event()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Tell each worker of how many it may become one, not of how many there are by now."""
        node.workerinput["workercount"] = self._most

    def begin(self, config: pytest.Config) -> None:
        """Begin to ask for workers beside those that pytest-xdist has started."""
        self._session = find_xdist_session(config)
        if self._session is None:
            self._announce("this pytest-xdist is not as we know it: the number of workers stays")
        else:
            self._began = self._clock()
            self._session.call_on_tick(self._adjust)
            threading.Thread(target=self._tick, args=(self._session,), daemon=True).start()

    def pytest_sessionfinish(self) -> None:
        """Ask no more, and wait for workers that end: they may still write what they measured.

        pytest-xdist waits for those alone whose ending was left to it.
        """
        self._done.set()
        if self._session is not None:
            until = self._clock() + _LAST_WORDS_SECONDS
            for node in self._ending:
                self._session.exit_status(node, max(0.0, until - self._clock()))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: WorkerController) -> None:
        """Learn what a start takes here and now, beside all else that this machine does."""
        began = self._starting.pop(node, self._began)
        if began is not None:
            self._start_seconds = self._clock() - began

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController, error: object) -> None:
        """End the process of a worker that has no more to do."""
        self._starting.pop(node, None)
        if error is None:
            node.ensure_teardown()
            self._ending.append(node)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Learn what the workers' files cost."""
        self._share.costs.take(report)

    def vacate(self) -> None:
        """Give back the slot of a worker that crashed and is not replaced."""
        self._workers -= 1
        self._share.release()

    def run_out_of_memory(self) -> int:
        """Want one worker less from now on; return the bytes now planned for each of the others."""
        self._share.costs.ran_out()
        self._lost += 1
        return self._share.costs.plan.bytes

    def _tick(self, session: XdistSession) -> None:
        while not self._done.wait(_TICK_SECONDS):
            session.tick()

    def _adjust(self) -> None:
        assert self._session is not None
        scheduler = self._order.scheduler
        self._give_back_ended(self._session)
        if scheduler is not None and scheduler.has_begun and not scheduler.unbound_units:
            self._abandon_starting(self._session)
        if self._session.is_ending or scheduler is None:
            return
        moment = self._strain.look()
        if shortage := moment.shortage:
            self._yield_to(shortage, scheduler)
        else:
            self._share_fairly(self._session, scheduler, moment)

    def _give_back_ended(self, session: XdistSession) -> None:
        # A slot is free when the process is gone, not when its session has ended.
        for node in [node for node in self._ending if session.exit_status(node) is not None]:
            self._ending.remove(node)
            self.vacate()

    def _abandon_starting(self, session: XdistSession) -> None:
        # It would only be told to end, after the imports and the collection that it is busy with.
        for node in self._starting:
            session.abandon(node)
            self._ending.append(node)
        self._starting.clear()

    def _yield_to(self, shortage: str, scheduler: FileScheduler) -> None:
        """Give up the youngest worker, one at a time: memory comes back when its process ends."""
        if not self._is_short:
            self._announce(f"{shortage}: workers end after their files until there is more")
        self._is_short = True
        self._retire(scheduler, 1)
        self._share.ask(self._workers)

    def _share_fairly(
        self, session: XdistSession, scheduler: FileScheduler, moment: Moment
    ) -> None:
        self._is_short = False
        worthwhile = self._worthwhile(scheduler)
        if worthwhile > self._workers and (
            self._clock() < self._grows_from or moment.hindrance(self._share.costs.plan.bytes)
        ):
            worthwhile = self._workers
        allowance = self._share.ask(worthwhile)
        self._note_slots(self._workers, allowance)
        if allowance.note is not None:
            self._announce(allowance.note)
        if allowance.surplus:
            self._grows_from = self._clock() + _PAUSE_STARTS * self._start_seconds
            self._retire(scheduler, allowance.surplus)
        for _ in range(min(_MOST_STARTS_PER_TICK, allowance.granted - self._workers)):
            session.keep_progress_line()
            self._starting[session.add_worker()] = self._clock()
            self._workers += 1

    def _revise(self) -> None:
        """Decide again how many workers there may be, for what they turned out to cost."""
        plan, suite = self._share.costs.plan, self._decision.budget.suite
        if plan.cpus != suite.worker_cpus:
            revised = suite._replace(worker_cpus=plan.cpus, worker_bytes=plan.bytes)
            self._most = max(self._decision.wanted, self._decision.forecast.decide(revised).workers)

    def _worthwhile(self, scheduler: FileScheduler) -> int:
        self._revise()
        return worthwhile_workers(
            self._workers,
            max(1, self._most - self._lost, self._workers),
            left_seconds=self._left_seconds(scheduler),
            left_units=len(scheduler.unbound_units),
            start_seconds=self._start_seconds,
        )

    def _left_seconds(self, scheduler: FileScheduler) -> float:
        """Return what is left, by what the tests turned out to take where nobody had measured."""
        predicted = scheduler.unbound_seconds
        if self._decision.budget.suite.measured:
            return predicted
        tests = sum(len(unit.tests) for unit in scheduler.unbound_units)
        return max(predicted, tests * self._share.costs.seconds_per_test)

    def _retire(self, scheduler: FileScheduler, surplus: int) -> None:
        """Let the youngest workers end after the file that they run, ``surplus`` in all."""
        going = len(self._ending) + sum(map(scheduler.is_retiring, scheduler.live_nodes))
        staying = [node for node in scheduler.live_nodes if not scheduler.is_retiring(node)]
        for node in list(reversed(staying[1:]))[: max(0, surplus - going)]:
            scheduler.retire(node)
