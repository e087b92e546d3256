"""Offers our scheduler to pytest-xdist, unless the user or another plugin has one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.distributions import OURS, SPLITTING
from moonpool.plugin.names import ASKS, GROUPS
from moonpool.plugin.scheduler import FileScheduler
from moonpool.schedule import file_of, group_of, scope_of

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

    from moonpool.plugin.arrangement import Arrangement

__all__ = ["LongestFirst"]

# What a distribution keeps together, if not files; `load` keeps those as long as it costs no time.
_UNIT_OF = {"loadscope": scope_of, "loadgroup": group_of}

# The name under which pytest-xdist registers its session, which has all of its own schedulers.
_XDIST_SESSION = "dsession"


class LongestFirst:
    """The controller's plugin: files, classes or groups start as arranged.

    ``scheduler`` is None until pytest-xdist asked for one, and stays so if ours is not in use.
    """

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self.scheduler: FileScheduler | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Let workers ask for their next test; only our scheduler understands that they do."""
        if self._is_in_use(node.config):
            node.workerinput[ASKS] = True
            if node.config.getoption("dist") == "loadgroup":
                node.workerinput[GROUPS] = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> FileScheduler | None:
        """Make the scheduler of this run."""
        if not self._is_in_use(config):
            return None
        dist = config.getoption("dist")
        arrangement = self._arrangement._replace(
            unit_of=_UNIT_OF.get(dist, file_of), splits=dist in SPLITTING
        )
        self.scheduler = FileScheduler(config, arrangement)
        return self.scheduler

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell the scheduler of the last report of each test, which comes before its end."""
        # A run that took its workers late goes on in its own process as well.
        node = getattr(report, "node", None)
        if report.when == "teardown" and node is not None and self.scheduler is not None:
            self.scheduler.note_reported(node, report.nodeid)

    def _is_in_use(self, config: pytest.Config) -> bool:
        dist = config.getoption("dist")
        if dist not in OURS:
            return False
        # A word about `load` that only pytest-xdist's own scheduler heeds.
        if dist == "load" and config.getoption("maxschedchunk", None) is not None:
            return False
        offers = config.hook.pytest_xdist_make_scheduler.get_hookimpls()
        return all(offer.plugin is self or offer.plugin_name == _XDIST_SESSION for offer in offers)
