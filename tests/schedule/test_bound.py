from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.schedule import Binding, Bound, Unit, lower_bound


def _units(*seconds: float) -> list[Unit]:
    return [Unit(f"file {n}", (n,), value) for n, value in enumerate(seconds)]


def test_the_work_binds_when_it_divides_well() -> None:
    assert lower_bound(_units(1, 1, 1, 1), 2) == Bound(2.0, Binding.WORK)


def test_a_long_unit_binds_by_name() -> None:
    assert lower_bound(_units(1, 5, 1), 2) == Bound(5.0, Binding.LONGEST, "file 1")


def test_long_units_that_must_share_a_worker_bind() -> None:
    assert lower_bound(_units(3, 3, 4), 2) == Bound(6.0, Binding.SHARING, "file 1")


def test_five_equal_units_on_two_workers_need_three_turns() -> None:
    assert lower_bound(_units(1, 1, 1, 1, 1), 2) == Bound(3.0, Binding.SHARING, "file 4")


def test_of_equal_bounds_the_work_is_named() -> None:
    assert lower_bound(_units(2, 1, 1), 2).binding is Binding.WORK


def test_without_units_nothing_takes_time() -> None:
    assert lower_bound([], 3) == Bound(0.0, Binding.WORK)


def test_a_bound_for_no_worker_is_an_error() -> None:
    with pytest.raises(ValueError, match="found 0 workers, expected at least 1"):
        lower_bound(_units(1), 0)


def test_every_kind_of_bound_has_a_description() -> None:
    assert [binding.value for binding in Binding] == [
        "the longest unit",
        "long units that must share a worker",
        "all work, divided among the workers",
    ]


def best_makespan(seconds: list[float], workers: int) -> float:
    """The best of all schedules, by trying each."""
    return min(
        max(
            sum(s for s, at in zip(seconds, places, strict=True) if at == w) for w in range(workers)
        )
        for places in product(range(workers), repeat=len(seconds))
    )


@given(st.lists(st.integers(1, 20).map(float), min_size=1, max_size=7), st.integers(1, 3))
def test_no_schedule_undercuts_the_bound(seconds: list[float], workers: int) -> None:
    assert lower_bound(_units(*seconds), workers).seconds <= best_makespan(seconds, workers) + 1e-9
