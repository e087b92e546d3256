"""Whether another worker pays for its start: the number that ends the run soonest.

The model is T(n) = start(n) + makespan(n). One worker runs in pytest's own process and starts
nothing. The makespan is bounded from below by the longest file and by work / n; Graham's list
scheduling keeps the real one within 4/3 of the larger, so the bound is the estimate used here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.budget.limits import Limit, Suite
from moonpool.units import format_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["payback_limit", "run_seconds"]


def run_seconds(workers: int, suite: Suite, cpus: float) -> float:
    """Return the predicted wall seconds of the tests on ``workers`` workers, start included.

    Workers start side by side on at most ``cpus`` CPUs; the controller's own share of collecting
    is part of ``start_seconds``.
    """
    if workers <= 1:
        return suite.work_seconds
    start = suite.start_seconds * max(1.0, workers / cpus)
    return start + _makespan_bound(workers, suite.file_seconds, cpus)


def _makespan_bound(workers: int, file_seconds: Sequence[float], cpus: float) -> float:
    longest = max(file_seconds, default=0.0)
    return max(longest, sum(file_seconds) / min(workers, max(cpus, 1.0)))


def _longest(suite: Suite) -> str:
    # Then no number of workers helps as much as cutting that file in two.
    longest = max(suite.file_seconds, default=0.0)
    if len(suite.file_seconds) < 2 or longest <= suite.work_seconds / 2:
        return ""
    return f", {format_seconds(longest)} of them in one file"


def payback_limit(most: int, suite: Suite, cpus: float) -> Limit:
    """Return the number of workers up to ``most`` with the least predicted wall time."""
    predicted = {n: run_seconds(n, suite, cpus) for n in range(1, most + 1)}
    best = min(predicted, key=lambda n: (predicted[n], n))
    known = "measured" if suite.measured else "estimated"
    work = f"{format_seconds(suite.work_seconds)} of tests ({known}){_longest(suite)}"
    if best == most:
        return Limit("payback", best, f"{work} pay for {best} workers")
    more = best + 1
    cost = predicted[more] - predicted[best]
    reason = f"{work}: with {more} workers the run would take {format_seconds(cost)} longer"
    return Limit("payback", best, reason)
