"""Offers our scheduler to pytest-xdist, unless the user or another plugin has one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.names import ASKS
from moonpool.plugin.scheduler import FileScheduler

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

    from moonpool.plugin.arrangement import Arrangement

__all__ = ["LongestFirst"]

# The name under which pytest-xdist registers its session, which has all of its own schedulers.
_XDIST_SESSION = "dsession"


class LongestFirst:
    """The controller's plugin for `--dist loadfile`; it starts files as arranged.

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

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> FileScheduler | None:
        """Make the scheduler of this run."""
        if not self._is_in_use(config):
            return None
        self.scheduler = FileScheduler(config, self._arrangement)
        return self.scheduler

    def _is_in_use(self, config: pytest.Config) -> bool:
        if config.getoption("dist") != "loadfile":
            return False
        offers = config.hook.pytest_xdist_make_scheduler.get_hookimpls()
        return all(offer.plugin is self or offer.plugin_name == _XDIST_SESSION for offer in offers)
