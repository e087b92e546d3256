"""A worker that cannot have what is its own: the run says so once, and starts no other in vain.

pytest-xdist would start four more for each, show the traceback of every one, and then end as if
there were no tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.names import REFUSALS

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

__all__ = ["Refusals", "RefusedError", "is_refused"]


class RefusedError(Exception):
    """A worker's database, port or folder cannot be had; the message is for a person."""


class Refusals:
    """The controller's part: ends a run that has nobody else to run its tests."""

    def __init__(self) -> None:
        self._begun = False
        self._ready: set[WorkerController] = set()
        self.refused: set[WorkerController] = set()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: WorkerController) -> None:
        """Note that a worker has all that it needs."""
        self._ready.add(node)

    def pytest_runtest_logstart(self) -> None:
        """Note that tests are being run, which others can go on with."""
        self._begun = True

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController, error: object) -> None:
        """Shorten what is said of a worker that was refused something; raises UsageError with it.

        Until tests are run pytest-xdist waits for all workers that it has started.
        """
        self._ready.discard(node)
        said = _words(error)
        if said is None:
            return
        self.refused.add(node)
        if not (self._begun and self._ready):
            raise pytest.UsageError(said)
        # What execnet's RemoteError shows of itself.
        vars(error)["formatted"] = said


def is_refused(config: pytest.Config, node: WorkerController) -> bool:
    """Whether a worker ended because it could not have what is its own."""
    refusals = config.pluginmanager.get_plugin(REFUSALS)
    return refusals is not None and node in refusals.refused


def _words(error: object) -> str | None:
    """The message at the end of a worker's traceback, if it is of ours."""
    ours = f"{RefusedError.__module__}.{RefusedError.__qualname__}: "
    _, name, said = str(error).rpartition(ours)
    return said.strip() if name else None
