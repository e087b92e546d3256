"""What becomes of the place of a worker that crashed: taken again, or given up.

pytest-xdist starts another worker after every crash, up to four times as many as there were, also
when the kernel killed it for want of memory, and when no test is left for it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from moonpool.plugin.names import RECORDER
from moonpool.plugin.refusal import is_refused
from moonpool.plugin.terminal import announce
from moonpool.plugin.xdist_session import find_xdist_session

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

    from moonpool.machine import Counter
    from moonpool.plugin.elastic import Elastic
    from moonpool.plugin.scheduling import LongestFirst
    from moonpool.plugin.xdist_session import XdistSession

__all__ = ["Crashes"]

# The connection of a killed process ends a moment before the process itself can be asked.
_PATIENCE_SECONDS = 1.0
_KILLED = -9  # POSIX's SIGKILL, which is what the kernel's OOM killer sends.


class Crashes:
    """Decides for the controller whether a crashed worker is replaced.

    ``read_kills`` counts the kernel's OOM kills; ``elastic`` is told of them, and of each place
    that nobody takes again. It is None in a run whose number of workers does not change.
    ``planned_bytes`` is what each worker was thought to need.
    """

    def __init__(
        self,
        order: LongestFirst,
        read_kills: Callable[[], Counter | None],
        elastic: Elastic | None,
        planned_bytes: int,
    ) -> None:
        self._order = order
        self._read_kills = read_kills
        self._elastic = elastic
        self._planned_bytes = planned_bytes
        self._kills = self._count_kills()

    def begin(self, config: pytest.Config) -> None:
        """Decide from now on, where pytest-xdist can be asked to let us."""
        found = find_xdist_session(config)
        if found is not None:
            found.replace_crashed_if(partial(self._is_replaced, found, config))

    def _is_replaced(
        self, session: XdistSession, config: pytest.Config, node: WorkerController
    ) -> bool:
        killed = self._was_killed_for_memory(session, node)
        wanted = self._is_needed(killed) and not is_refused(config, node)
        if killed and not wanted:
            lost = f"{node.gateway.id} ran out of memory"
            announce(config, f"{lost}: the run goes on with one worker less")
        if killed:
            self._learn(config, node)
        if not wanted and self._elastic is not None:
            self._elastic.vacate()
        return wanted

    def _learn(self, config: pytest.Config, node: WorkerController) -> None:
        """Let this run and the next one plan more memory for each worker."""
        least = 2 * self._planned_bytes
        if self._elastic is not None:
            least = self._elastic.run_out_of_memory()
        recorder = config.pluginmanager.get_plugin(RECORDER)
        if recorder is not None:
            recorder.note("out-of-memory", worker=node.gateway.id, least_bytes=least)

    def _is_needed(self, killed: bool) -> bool:
        scheduler = self._order.scheduler
        if scheduler is None or not scheduler.has_begun:
            return True
        if not scheduler.unbound_units:
            return False
        # Another one of the same size would meet the same wall.
        return not (killed and scheduler.has_takers)

    def _was_killed_for_memory(self, session: XdistSession, node: WorkerController) -> bool:
        """Whether the kernel's counter proves it, or the signal alone where nobody counts."""
        before, self._kills = self._kills, self._count_kills()
        if session.exit_status(node, _PATIENCE_SECONDS) != _KILLED:
            return False
        return before is None or self._kills is None or self._kills > before

    def _count_kills(self) -> int | None:
        counter = self._read_kills()
        return None if counter is None else counter.events
