"""What each test file costs the process that runs it; it travels on the file's last report.

Extra attributes of a report that JSON could hold reach pytest-xdist's controller by themselves.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.costs import Meter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moonpool.plugin.costs import Costs

__all__ = ["ATTRIBUTE", "Usage"]

ATTRIBUTE = "moonpool_usage"


class Usage:
    """The plugin of a process that runs tests; the first file's report also tells of its start.

    ``preparation`` holds what was measured before the session began, such as the seconds that
    this process's databases took.
    """

    def __init__(
        self,
        preparation: Mapping[str, float] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._meter = Meter()
        self._clock = clock
        self._extra = dict(preparation or {})
        self._began: float | None = None
        self._before: Costs | None = None
        self._item: pytest.Item | None = None
        self._nextitem: pytest.Item | None = None
        self._tests = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Begin to measure at the first test of a file."""
        self._item, self._nextitem = item, nextitem
        if self._began is None:
            self._begin()

    def _begin(self) -> None:
        # The clock is read first here and last at the end: what a preemption between the two
        # takes must not count as waiting within a time that does not hold it.
        began = self._clock()
        costs = self._meter.read()
        if self._before is None:
            self._extra["start_cpu_seconds"] = round(costs.cpu_seconds, 4)
            self._extra["start_peak_bytes"] = costs.peak_bytes
        self._began, self._before = began, costs

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Attach the costs to the report of a file's last teardown."""
        # Those of workers that a run took later on come with a node, and with their own costs.
        if report.when == "teardown" and not hasattr(report, "node"):
            self._tests += 1
            if self._is_last_of_file():
                setattr(report, ATTRIBUTE, self._take())

    def _is_last_of_file(self) -> bool:
        # By now the teardown has looked at the next item, which must not be done any sooner.
        following, item = self._nextitem, self._item
        return item is not None and (not following or following.path != item.path)

    def _take(self) -> dict[str, float]:
        costs, before = self._meter.read(), self._before
        now = self._clock()
        assert before is not None
        # A plugin that runs a test again reports a second end of the same file.
        began = now if self._began is None else self._began
        usage = {
            "tests": self._tests,
            "seconds": round(now - began, 4),
            "cpu_seconds": round(costs.cpu_seconds - before.cpu_seconds, 4),
            "children_seconds": round(costs.children_seconds - before.children_seconds, 4),
            "waited_seconds": round(costs.waited_seconds - before.waited_seconds, 4),
            "peak_bytes": costs.peak_bytes,
            **self._extra,
        }
        self._extra, self._began, self._before, self._tests = {}, None, costs, 0
        return usage
