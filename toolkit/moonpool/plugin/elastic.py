"""A run takes workers as they come free, and gives back those that other runs are owed.

A worker is started only while it would save more than its start takes and the machine shows no
strain. One that retires runs its file to the end.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.terminal import say
from moonpool.plugin.xdist_session import find_xdist_session

if TYPE_CHECKING:
    from collections.abc import Generator

    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

    from moonpool.plugin.decision import Decision
    from moonpool.plugin.scheduling import LongestFirst
    from moonpool.plugin.sharing import Share
    from moonpool.plugin.xdist_session import XdistSession

__all__ = ["Elastic"]

# A worker that another run gives back is taken within this time; asking costs about a millisecond.
_TICK_SECONDS = 0.5


class Elastic:
    """The controller's plugin that grows a run from what it was granted to what it wants."""

    def __init__(
        self, share: Share, order: LongestFirst, decision: Decision, start_seconds: float
    ) -> None:
        self._share = share
        self._order = order
        self._wanted = decision.wanted
        self._workers = decision.workers
        self._start_seconds = start_seconds
        self._session: XdistSession | None = None
        self._ending: list[WorkerController] = []
        self._done = threading.Event()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Tell each worker of how many it may become one, not of how many there are by now."""
        node.workerinput["workercount"] = self._wanted

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self, session: pytest.Session) -> Generator[None, object, object]:
        """Begin to ask for workers once pytest-xdist has started its own."""
        outcome = yield
        self._session = find_xdist_session(session.config)
        if self._session is None:
            say(["this pytest-xdist is not as we know it: the number of workers stays as it is"])
        else:
            self._session.call_on_tick(self._adjust)
            threading.Thread(target=self._tick, args=(self._session,), daemon=True).start()
        return outcome

    def pytest_sessionfinish(self) -> None:
        """Ask no more."""
        self._done.set()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController, error: object) -> None:
        """End the process of a worker that has no more to do; a crashed one is replaced."""
        if error is None:
            node.ensure_teardown()
            self._ending.append(node)

    def _tick(self, session: XdistSession) -> None:
        while not self._done.wait(_TICK_SECONDS):
            session.tick()

    def _adjust(self) -> None:
        assert self._session is not None
        self._give_back_ended(self._session)
        if self._session.is_ending:
            return
        grows = self._is_worth_it() and self._share.hindrance() is None
        allowance = self._share.ask(self._workers + grows)
        say(filter(None, [allowance.note]))
        if allowance.granted > self._workers:
            self._session.add_worker()
            self._workers += 1
        elif allowance.surplus:
            self._retire(allowance.surplus)

    def _give_back_ended(self, session: XdistSession) -> None:
        # A slot is free when the process is gone, not when its session has ended.
        for node in [node for node in self._ending if session.has_exited(node)]:
            self._ending.remove(node)
            self._workers -= 1
            self._share.membership.release()

    def _is_worth_it(self) -> bool:
        scheduler = self._order.scheduler
        if scheduler is None or not 0 < self._workers < self._wanted:
            return False
        left = scheduler.unbound_seconds
        saved = left / self._workers - left / (self._workers + 1)
        return len(scheduler.unbound_units) > 1 and saved > self._start_seconds

    def _retire(self, surplus: int) -> None:
        """Let the youngest workers end after the file that they run, as many as others are owed."""
        scheduler = self._order.scheduler
        if scheduler is None:
            return
        going = len(self._ending) + sum(map(scheduler.is_retiring, scheduler.live_nodes))
        staying = [node for node in scheduler.live_nodes if not scheduler.is_retiring(node)]
        for node in list(reversed(staying[1:]))[: max(0, surplus - going)]:
            scheduler.retire(node)
