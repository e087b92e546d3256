"""The plugins that direct a run's workers: which file goes where, how many, and after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.plugin.crashes import Crashes
from moonpool.plugin.elastic import Elastic
from moonpool.plugin.scheduling import LongestFirst
from moonpool.plugin.sharing import read_live

if TYPE_CHECKING:
    import pytest

    from moonpool.plugin.arrangement import Arrangement
    from moonpool.plugin.decision import Decision
    from moonpool.plugin.sharing import Share

__all__ = ["Direction", "direct_workers"]


class Direction(NamedTuple):
    """The plugins of one run; ``elastic`` is None where the number of workers does not change."""

    elastic: Elastic | None
    crashes: Crashes

    def begin(self, config: pytest.Config) -> None:
        """Begin in a session that has started its workers by itself, without pytest's hooks."""
        self.crashes.begin(config)
        if self.elastic is not None:
            self.elastic.begin(config)


def direct_workers(
    config: pytest.Config,
    decision: Decision,
    share: Share | None,
    arrangement: Arrangement,
) -> Direction:
    """Register them for a run that begins with ``decision.workers``."""
    order, elastic = LongestFirst(arrangement), None
    if share is not None and decision.chosen:
        elastic = Elastic(config, share, order, decision)
    planned_bytes = decision.budget.suite.worker_bytes
    crashes = Crashes(order, lambda: read_live().oom_kills, elastic, planned_bytes)
    for plugin in filter(None, (order, elastic, crashes)):
        config.pluginmanager.register(plugin)
    return Direction(elastic, crashes)
