from __future__ import annotations

import pytest

from moonpool.machine import Pressure
from moonpool.pool.strain import RecentPressure


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _reading(mean: float, waited: float | None) -> Pressure:
    return Pressure(mean, None, "cpu.pressure", waited)


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def recent(clock: _Clock) -> RecentPressure:
    return RecentPressure(clock)


def test_the_first_reading_is_the_kernels_own_mean(recent: RecentPressure) -> None:
    assert recent.since_last(_reading(70.0, 100.0)) == _reading(70.0, 100.0)


def test_a_later_reading_tells_of_the_time_in_between(
    recent: RecentPressure, clock: _Clock
) -> None:
    recent.since_last(_reading(70.0, 100.0))
    clock.now = 0.5
    assert recent.since_last(_reading(66.0, 100.125)) == _reading(25.0, 100.125)
    clock.now = 1.0
    assert recent.since_last(_reading(60.0, 100.125)) == _reading(0.0, 100.125)


def test_two_readings_in_a_row_tell_nothing_new(recent: RecentPressure, clock: _Clock) -> None:
    recent.since_last(_reading(70.0, 100.0))
    clock.now = 0.1
    assert recent.since_last(_reading(69.0, 100.1)) == _reading(69.0, 100.1)
    clock.now = 0.5
    assert recent.since_last(_reading(66.0, 100.25)) == _reading(50.0, 100.25)


def test_it_is_never_more_than_all_of_the_time(recent: RecentPressure, clock: _Clock) -> None:
    recent.since_last(_reading(1.0, 100.0))
    clock.now = 0.5
    assert recent.since_last(_reading(1.0, 130.0)) == _reading(100.0, 130.0)


def test_a_total_that_fell_is_of_another_group(recent: RecentPressure, clock: _Clock) -> None:
    recent.since_last(_reading(1.0, 100.0))
    clock.now = 0.5
    assert recent.since_last(_reading(7.0, 3.0)) == _reading(7.0, 3.0)


def test_a_kernel_that_tells_no_total_is_taken_at_its_word(recent: RecentPressure) -> None:
    assert recent.since_last(_reading(7.0, None)) == _reading(7.0, None)
    assert recent.since_last(None) is None
