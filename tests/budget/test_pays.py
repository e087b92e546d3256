from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.budget import Suite
from moonpool.budget.pays import payback_limit, run_seconds


def _suite(file_seconds: tuple[float, ...], start_seconds: float = 1.0) -> Suite:
    return Suite(len(file_seconds), file_seconds, start_seconds, 1, 0)


def test_one_worker_starts_nothing() -> None:
    assert run_seconds(1, _suite((3.0, 2.0)), 8.0) == 5.0


def test_workers_share_the_work_after_their_start() -> None:
    assert run_seconds(4, _suite((2.0,) * 8), 8.0) == 1.0 + 4.0


def test_the_longest_file_bounds_the_run() -> None:
    assert run_seconds(8, _suite((9.0, 1.0)), 8.0) == 10.0


def test_more_workers_than_cpus_start_one_after_another() -> None:
    assert run_seconds(4, _suite((2.0,) * 8), 2.0) == 2.0 + 8.0


def test_the_reason_says_what_another_worker_would_cost() -> None:
    limit = payback_limit(8, _suite((0.4, 0.4)), 8.0)
    assert limit.workers == 1
    assert limit.reason == (
        "800 ms of tests (estimated): two workers would start for 1.0 s to save 400 ms"
    )


def test_the_reason_says_that_all_workers_pay() -> None:
    assert payback_limit(2, _suite((9.0, 9.0)), 2.0).reason == (
        "18.0 s of tests (estimated) pay for 2 workers"
    )


def test_the_reason_names_a_file_that_keeps_all_others_waiting() -> None:
    assert payback_limit(4, _suite((9.0, 0.5, 0.5), 1.5), 4.0).reason == (
        "10.0 s of tests (estimated), 9.0 s of them in one file: two workers would start for 1.5 s "
        "to save 1.0 s"
    )


def test_a_fifth_worker_must_save_more_than_its_start() -> None:
    # On 2 CPUs each further worker lengthens the start of all, while sleeping tests gain from it.
    suite = Suite(40, (0.45,) * 40, 2.0, 1, 0, measured=True, worker_cpus=0.1)
    limit = payback_limit(16, suite, 2.0)
    assert limit.workers == 4
    assert limit.reason == (
        "18.0 s of tests (measured): a fifth worker would start for 1.0 s to save 900 ms"
    )


def test_a_worker_that_helps_no_more_saves_nothing() -> None:
    limit = payback_limit(8, _suite((9.0, 9.0)), 2.0)
    assert limit.reason.endswith(": a third worker would start for 500 ms to save nothing")


def test_tests_that_wait_let_more_workers_share_the_cpus() -> None:
    asleep = Suite(16, (1.0,) * 16, 0.1, 1, 0, worker_cpus=0.1)
    assert run_seconds(8, asleep, 2.0) == pytest.approx(0.4 + 2.0)
    busy = Suite(16, (1.0,) * 16, 0.1, 1, 0, worker_cpus=1.0)
    assert run_seconds(8, busy, 2.0) == pytest.approx(0.4 + 8.0)


def test_passing_tests_on_to_workers_costs_something_for_each() -> None:
    quick = Suite(10, (0.2,) * 10, 0.1, 1, 0, tests=20_000)
    assert payback_limit(2, quick, 2.0).workers == 1


def test_a_noisy_history_makes_no_start_free() -> None:
    suite = Suite(2, (0.05, 0.05), 0.2, 1, 0, fixed_start_seconds=-5.0)
    assert run_seconds(2, suite, 2.0) == pytest.approx(0.1 + 0.05)


@given(
    st.lists(st.floats(0.001, 50), min_size=1, max_size=20),
    st.floats(0.1, 5),
    st.floats(0.5, 16),
    st.integers(1, 12),
)
def test_no_other_number_is_predicted_to_be_faster(
    seconds: list[float], start: float, cpus: float, most: int
) -> None:
    suite = _suite(tuple(seconds), start)
    best = payback_limit(most, suite, cpus).workers
    assert 1 <= best <= most
    predicted = [run_seconds(workers, suite, cpus) for workers in range(1, most + 1)]
    assert run_seconds(best, suite, cpus) == pytest.approx(min(predicted))
