"""Whether another worker pays for its start: the number that ends the run soonest.

The model is T(n) = start(n) + makespan(n). One worker runs in pytest's own process and starts
nothing. The makespan is bounded from below by work / n and by the longest file, or the longest
test where files may be cut; longest first and bound late, the real one stays within a few percent
of the larger (docs/schedule.md), so the bound is the estimate used here.
"""

from __future__ import annotations

from moonpool.budget.limits import Limit, Suite
from moonpool.units import format_count, format_seconds

__all__ = ["payback_limit", "run_seconds", "start_seconds"]

# Six messages a test between worker and controller, and the controller's own part of the test:
# CPU seconds, measured with pytest-xdist 3.8 and pytest 9 (benchmarks/never_slower.py).
_PASSING_ON_SECONDS = 0.0006

# Workers never start for less, whatever a noisy history says.
_LEAST_START_SECONDS = 0.1

_ORDINALS = (
    "a second",
    "a third",
    "a fourth",
    "a fifth",
    "a sixth",
    "a seventh",
    "an eighth",
    "a ninth",
    "a tenth",
)


def run_seconds(workers: int, suite: Suite, cpus: float) -> float:
    """Return the predicted wall seconds of the tests on ``workers`` workers, start included."""
    return start_seconds(workers, suite, cpus) + _makespan_seconds(workers, suite, cpus)


def start_seconds(workers: int, suite: Suite, cpus: float) -> float:
    """Return what ``workers`` workers add to a run; they start side by side on ``cpus`` CPUs."""
    if workers <= 1:
        return 0.0
    start = suite.fixed_start_seconds + suite.start_seconds * max(1.0, workers / cpus)
    return max(_LEAST_START_SECONDS, start)


def _makespan_seconds(workers: int, suite: Suite, cpus: float) -> float:
    if workers <= 1:
        return suite.work_seconds
    # Workers that wait, for a server or a sleep, leave their CPUs to others.
    side_by_side = min(workers, max(cpus / suite.worker_cpus, 1.0))
    work = suite.work_seconds + suite.tests * _PASSING_ON_SECONDS
    return max(suite.longest_seconds, work / side_by_side)


def payback_limit(most: int, suite: Suite, cpus: float) -> Limit:
    """Return the number of workers up to ``most`` with the least predicted wall time."""
    predicted = {n: run_seconds(n, suite, cpus) for n in range(1, most + 1)}
    best = min(predicted, key=lambda n: (predicted[n], n))
    known = "measured" if suite.measured else "estimated"
    work = f"{format_seconds(suite.work_seconds)} of tests ({known}){_longest(suite)}"
    if best == most:
        return Limit("payback", best, f"{work} pay for {format_count(best, 'worker')}")
    return Limit("payback", best, f"{work}: {_one_more(best, suite, cpus)}")


def _one_more(best: int, suite: Suite, cpus: float) -> str:
    more = best + 1
    cost = start_seconds(more, suite, cpus) - start_seconds(best, suite, cpus)
    saved = _makespan_seconds(best, suite, cpus) - _makespan_seconds(more, suite, cpus)
    saves = f"save {format_seconds(saved)}" if saved > 0 else "save nothing"
    return f"{_ordinal(more)} would start for {format_seconds(cost)} to {saves}"


def _ordinal(number: int) -> str:
    if number == 2:
        # The first one has nothing to start: it is pytest's own process.
        return "two workers"
    return f"{_ORDINALS[number - 2]} worker" if number < 11 else "another worker"


def _longest(suite: Suite) -> str:
    # Then no number of workers helps as much as cutting that file in two.
    longest, in_one = suite.longest_seconds, "file"
    if suite.longest_test_seconds is not None:
        in_one = "test"
    if len(suite.file_seconds) < 2 or longest <= suite.work_seconds / 2:
        return ""
    return f", {format_seconds(longest)} of them in one {in_one}"
