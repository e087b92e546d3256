"""The plugins that direct a run's workers: which file goes where, how many, and after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.crashes import Crashes
from moonpool.plugin.elastic import Elastic
from moonpool.plugin.scheduling import LongestFirst
from moonpool.plugin.sharing import read_live

if TYPE_CHECKING:
    from collections.abc import Generator

    from moonpool.plugin.arrangement import Arrangement
    from moonpool.plugin.decision import Decision
    from moonpool.plugin.sharing import Share

__all__ = ["Direction", "direct_workers"]


class Direction:
    """The plugin that lets the others begin; ``elastic`` is None where no worker comes or goes."""

    def __init__(self, elastic: Elastic | None, crashes: Crashes) -> None:
        self._elastic = elastic
        self._crashes = crashes

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionstart(self, session: pytest.Session) -> Generator[None, object, object]:
        """Begin once pytest-xdist has started its workers."""
        outcome = yield
        self.begin(session.config)
        return outcome

    def begin(self, config: pytest.Config) -> None:
        """Begin where the workers were started later, without pytest's hook."""
        if self._elastic is not None:
            self._elastic.begin(config)
        self._crashes.begin(config)


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
    direction = Direction(elastic, crashes)
    for plugin in filter(None, (order, elastic, direction)):
        config.pluginmanager.register(plugin)
    return direction
