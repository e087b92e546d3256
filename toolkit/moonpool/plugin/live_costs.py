"""What this run's workers turn out to cost, as against what was planned for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.history import LEAST_CPUS, MEMORY_MARGIN
from moonpool.plugin.usage import ATTRIBUTE

if TYPE_CHECKING:
    import pytest

__all__ = ["LiveCosts", "WorkerPlan"]

# Less says more of imports than of tests.
_ENOUGH_SECONDS = 5.0


class WorkerPlan(NamedTuple):
    """The CPUs, as a fraction, and the bytes that each worker is planned to take."""

    cpus: float
    bytes: int


class LiveCosts:
    """Adds up what finished files cost; ``is_guess`` says that nobody has measured the plan.

    A guess gives way to what is seen. A plan from earlier runs stands, but no plan stands below
    the memory that a worker was seen to need, or below the user's ``least_bytes``.
    """

    def __init__(self, plan: WorkerPlan, *, is_guess: bool, least_bytes: int = 0) -> None:
        self._plan = plan
        self._is_guess = is_guess
        self._least_bytes = least_bytes
        self._busy_seconds = self._cpu_seconds = 0.0
        self._tests = 0
        self._peak_bytes = 0

    def take(self, report: pytest.TestReport) -> None:
        """Take in a report; the last one of each file tells what the file cost."""
        usage = getattr(report, ATTRIBUTE, None)
        if usage is None:
            return
        self._cpu_seconds += usage["cpu_seconds"] + usage["children_seconds"]
        # Waiting for a CPU that others use is no waiting of the test's own.
        self._busy_seconds += max(0.0, usage["seconds"] - usage["waited_seconds"])
        self._tests += usage["tests"]
        self._peak_bytes = max(self._peak_bytes, usage["peak_bytes"])

    @property
    def is_guess(self) -> bool:
        """Whether nobody has measured or set what memory a worker needs."""
        return self._is_guess and not self._least_bytes

    @property
    def seconds_per_test(self) -> float:
        """The mean of the tests that were seen; 0 until they say more than their imports."""
        if self._busy_seconds < _ENOUGH_SECONDS:
            return 0.0
        return self._busy_seconds / max(1, self._tests)

    def ran_out(self) -> None:
        """Note that a worker was killed for needing more than was planned."""
        self._least_bytes = 2 * self.plan.bytes

    @property
    def plan(self) -> WorkerPlan:
        """What each worker is now planned to take."""
        seen = int(self._peak_bytes * MEMORY_MARGIN)
        if not self._is_guess or self._busy_seconds < _ENOUGH_SECONDS:
            return WorkerPlan(self._plan.cpus, max(self._plan.bytes, seen, self._least_bytes))
        cpus = max(LEAST_CPUS, self._cpu_seconds / self._busy_seconds)
        return WorkerPlan(cpus, max(seen or self._plan.bytes, self._least_bytes))
