"""Workers of pytest-xdist for a session that has begun without any.

Does what pytest-xdist does when `-n` is given, at a later time. Touched of pytest-xdist 3.6 to
3.8: `DSession` with `pytest_sessionstart`, `loop_once`, `sched`, `queue`, `shouldstop`,
`countfailures`, `triggershutdown`, `session_finished` and `_failed_collection_errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.dsession import DSession, Interrupted  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

__all__ = ["Crew"]


class Crew:
    """The workers of one session, served whenever its own process has a moment."""

    def __init__(
        self, session: pytest.Session, workers: int, dist: str, known_reports: Iterable[object]
    ) -> None:
        """Start so many workers; ``known_reports`` of collection are not to be shown again."""
        option = session.config.option
        option.numprocesses, option.dist, option.tx = workers, dist, [f"{workers}*popen"]
        self._xdist = xdist = DSession(session.config)
        session.config.pluginmanager.register(xdist, "dsession")
        terminal = session.config.pluginmanager.getplugin("terminalreporter")
        if terminal is not None:
            terminal.showfspath = False
        xdist._failed_collection_errors.update(dict.fromkeys(known_reports, True))
        xdist.countfailures = session.testsfailed
        xdist.shouldstop = False
        xdist.pytest_sessionstart(session)
        xdist.sched = session.config.hook.pytest_xdist_make_scheduler(
            config=session.config, log=xdist.log
        )

    def serve(self) -> None:
        """Answer what the workers have said by now."""
        while not self._xdist.queue.empty() and not self._xdist.session_finished:
            self._xdist.loop_once()

    def serve_to_end(self) -> None:
        """Direct the workers until all tests have run; raises what pytest-xdist would."""
        stops = None
        while not self._xdist.session_finished:
            self._xdist.loop_once()
            if self._xdist.shouldstop:
                self._xdist.triggershutdown()
                stops = Interrupted(str(self._xdist.shouldstop))
        if stops is not None:
            raise stops

    def dismiss(self) -> None:
        """Let the workers end after what they run."""
        self._xdist.triggershutdown()
        while not self._xdist.session_finished:
            self._xdist.loop_once()
