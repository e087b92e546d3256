from __future__ import annotations

import pytest

from moonpool.plugin.live_costs import LiveCosts, WorkerPlan
from moonpool.plugin.usage import ATTRIBUTE

MIB = 2**20
GUESS = WorkerPlan(1.0, 400 * MIB)


def _report(seconds: float, cpus: float, peak: int, *, waited: float = 0.0) -> pytest.TestReport:
    report = pytest.TestReport(
        nodeid="tests/test_it.py::test_it",
        location=("tests/test_it.py", 1, "test_it"),
        keywords={},
        outcome="passed",
        longrepr=None,
        when="teardown",
    )
    usage = {
        "tests": 4,
        "seconds": seconds + waited,
        "cpu_seconds": seconds * cpus / 2,
        "children_seconds": seconds * cpus / 2,
        "waited_seconds": waited,
        "peak_bytes": peak,
    }
    setattr(report, ATTRIBUTE, usage)
    return report


def test_a_guess_stands_until_enough_was_seen() -> None:
    costs = LiveCosts(GUESS, is_guess=True)
    costs.take(_report(4.9, 0.5, 80 * MIB))
    assert costs.plan == GUESS


def test_a_guess_gives_way_to_what_was_seen() -> None:
    costs = LiveCosts(GUESS, is_guess=True)
    costs.take(_report(2.0, 0.2, 80 * MIB))
    costs.take(_report(6.0, 0.6, 40 * MIB))
    assert costs.plan.cpus == pytest.approx(0.5)
    assert costs.plan.bytes == 100 * MIB


def test_waiting_for_a_cpu_is_not_the_tests_own_waiting() -> None:
    costs = LiveCosts(GUESS, is_guess=True)
    costs.take(_report(8.0, 1.0, 80 * MIB, waited=8.0))
    assert costs.plan.cpus == pytest.approx(1.0)


def test_what_a_test_takes_is_known_after_some_seconds_of_them() -> None:
    costs = LiveCosts(GUESS, is_guess=True)
    costs.take(_report(4.0, 1.0, 80 * MIB))
    assert costs.seconds_per_test == 0.0
    costs.take(_report(4.0, 1.0, 80 * MIB, waited=2.0))
    assert costs.seconds_per_test == pytest.approx(1.0)


def test_what_earlier_runs_measured_stands() -> None:
    costs = LiveCosts(WorkerPlan(0.7, 400 * MIB), is_guess=False)
    costs.take(_report(60.0, 0.1, 80 * MIB))
    assert costs.plan == WorkerPlan(0.7, 400 * MIB)


@pytest.mark.parametrize("is_guess", [True, False])
def test_a_worker_that_needs_more_memory_than_planned_corrects_the_plan(is_guess: bool) -> None:
    costs = LiveCosts(GUESS, is_guess=is_guess)
    costs.take(_report(0.1, 1.0, 800 * MIB))
    assert costs.plan == WorkerPlan(1.0, 1000 * MIB)


def test_the_users_word_is_the_least() -> None:
    costs = LiveCosts(GUESS, is_guess=True, least_bytes=300 * MIB)
    costs.take(_report(9.0, 1.0, 80 * MIB))
    assert costs.plan.bytes == 300 * MIB


def test_a_kill_for_want_of_memory_doubles_the_plan() -> None:
    costs = LiveCosts(GUESS, is_guess=False)
    costs.ran_out()
    assert costs.plan.bytes == 800 * MIB
    costs.ran_out()
    assert costs.plan.bytes == 1600 * MIB


def test_other_reports_tell_nothing() -> None:
    costs = LiveCosts(GUESS, is_guess=True)
    report = _report(60.0, 0.1, 80 * MIB)
    delattr(report, ATTRIBUTE)
    costs.take(report)
    assert costs.plan == GUESS
