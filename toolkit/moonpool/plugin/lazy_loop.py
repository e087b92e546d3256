"""A worker's loop that begins a test without knowing the next one, and asks when it must know.

pytest-xdist's own loop takes the next test from its queue before it runs the current one. Ours
differs in that alone. It asks with the event that answers a `steal` command, with nothing stolen,
since pytest-xdist's controller admits no events of others.

Touched of pytest-xdist (3.7 and later): `WorkerInteractor.torun`, with `get`, `put` and `lock`,
`channel`, `sendevent`, `handle_command`, `item_index`.
"""

from __future__ import annotations

import contextlib
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from moonpool.plugin.interactor import find_interactor
from moonpool.plugin.successor import Successor, known

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    from setproctitle import setproctitle  # type: ignore[import-not-found]  # Optional.
except ImportError:
    setproctitle = None

__all__ = ["LazyLoop"]

_USED = ("channel", "handle_command", "sendevent", "torun")
_CLOSED = object()


class LazyLoop:
    """The worker's plugin; with a pytest-xdist that has no queue to look into it does nothing."""

    def __init__(
        self, config: pytest.Config, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        interactor = find_interactor(config, _USED)
        has_lock = interactor is not None and hasattr(interactor.torun, "lock")
        self._interactor: Any = interactor if has_lock else None
        self._clock = clock
        self._next: object = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self) -> None:
        """Tell the scheduler that this worker asks, ahead of telling it what was collected."""
        if self._interactor is not None:
            self._ask()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests that the controller sends until it says that no more will come."""
        if self._interactor is None:
            return None
        self._interactor.channel.setcallback(self._receive, endmarker=_CLOSED)
        index = self._interactor.torun.get()
        while isinstance(index, int):
            index = self._run(session, index)
        return True

    def _receive(self, command: object) -> None:
        if command is _CLOSED:
            self._interactor.torun.put(_CLOSED)
        else:
            self._interactor.handle_command(command)

    def _run(self, session: pytest.Session, index: int) -> object:
        item, find = session.items[index], partial(self._find_next, session)
        nextitem = find() if self._is_stocked() else Successor(find, session)
        self._interactor.item_index = index
        _show_title(f"[pytest-xdist running] {item.nodeid}")
        started = self._clock()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
        seconds = self._clock() - started
        _show_title("[pytest-xdist idle]")
        stops = bool(session.shouldfail or session.shouldstop)
        if isinstance(nextitem, Successor) and not stops:
            # Where no teardown looked, we do: the question must come ahead of the completion.
            known(nextitem)
        self._interactor.sendevent("runtest_protocol_complete", item_index=index, duration=seconds)
        return _CLOSED if stops else self._next

    def _is_stocked(self) -> bool:
        with self._interactor.torun.lock() as waiting:
            return bool(waiting)

    def _find_next(self, session: pytest.Session) -> pytest.Item | None:
        if not self._is_stocked():
            self._ask()
        self._next = self._interactor.torun.get()
        return session.items[self._next] if isinstance(self._next, int) else None

    def _ask(self) -> None:
        self._interactor.sendevent("unscheduled", indices=[])


def _show_title(title: str) -> None:
    # As pytest-xdist does, for those who have installed the package and look at `ps`.
    if setproctitle is not None:
        with contextlib.suppress(Exception):
            setproctitle(title)
