from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.schedule import Unit, longest_first, lower_bound, simulate
from tests.schedule.test_bound import best_makespan

if TYPE_CHECKING:
    from random import Random

_SECONDS = st.integers(1, 50).map(float)
_MATRIX = st.lists(st.lists(_SECONDS, min_size=1, max_size=4), min_size=1, max_size=6)


def _suite(matrix: list[list[float]]) -> tuple[list[Unit], list[float]]:
    units: list[Unit] = []
    flat = [seconds for file in matrix for seconds in file]
    first = 0
    for number, file in enumerate(matrix):
        units.append(Unit(f"file {number}", tuple(range(first, first + len(file))), sum(file)))
        first += len(file)
    return units, flat


def test_one_worker_runs_everything_in_the_given_order() -> None:
    units, seconds = _suite([[1, 2], [3]])
    run = simulate(units, 1, seconds)
    assert run.seconds == 6.0
    assert run.tests == ((0, 1, 2),)


def test_predictions_come_true_unless_told_otherwise() -> None:
    units, _ = _suite([[2, 2], [3], [1]])
    assert simulate(units, 2).seconds == 4.0


def test_no_file_waits_behind_another_where_workers_ask() -> None:
    units, seconds = _suite([[9], [1], [1], [1]])
    assert simulate(units, 2, seconds).seconds == 9.0
    assert simulate(units, 2, seconds).tests == ((0,), (1, 2, 3))
    # Otherwise the long file's worker holds a second one from the start.
    assert simulate(units, 2, seconds, asks=False).seconds == 10.0


def test_a_simulation_of_no_worker_is_an_error() -> None:
    with pytest.raises(ValueError, match="found 0 workers, expected at least 1"):
        simulate([], 0)


def test_nothing_takes_no_time() -> None:
    assert simulate([], 3).seconds == 0.0


@given(_MATRIX, st.integers(1, 5), st.booleans())
def test_every_test_runs_once_and_files_stay_whole(
    matrix: list[list[float]], workers: int, asks: bool
) -> None:
    units, seconds = _suite(matrix)
    run = simulate(units, workers, seconds, asks=asks)
    assert sorted(test for tests in run.tests for test in tests) == list(range(len(seconds)))
    for unit in units:
        (own,) = [tests for tests in run.tests if unit.tests[0] in tests]
        start = own.index(unit.tests[0])
        assert own[start : start + len(unit.tests)] == unit.tests
    assert run.seconds >= lower_bound(units, workers).seconds - 1e-9


@given(_MATRIX, st.integers(1, 3))
def test_longest_first_with_known_seconds_is_within_grahams_bound(
    matrix: list[list[float]], workers: int
) -> None:
    units, seconds = _suite(matrix)
    best = best_makespan([unit.seconds for unit in units], workers)
    ratio = simulate(longest_first(units), workers, seconds).seconds / best
    assert ratio <= 4 / 3 - 1 / (3 * workers) + 1e-9


@given(_MATRIX, st.integers(1, 3), st.randoms(use_true_random=False))
def test_wrong_predictions_cost_no_more_than_any_list_schedule(
    matrix: list[list[float]], workers: int, random: Random
) -> None:
    units, seconds = _suite(matrix)
    best = best_makespan([unit.seconds for unit in units], workers)
    guesses = [Unit(unit.name, unit.tests, random.uniform(0.1, 100)) for unit in units]
    ratio = simulate(longest_first(guesses), workers, seconds).seconds / best
    assert ratio <= 2 - 1 / workers + 1e-9
