from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.schedule import Unit, form_units, group_of, longest_first, simulate, split_units


def _file(name: str, tests: int) -> list[str]:
    return [f"{name}::test_{number}" for number in range(tests)]


def _units(collection: list[str], seconds: dict[str, float]) -> tuple[Unit, ...]:
    return form_units(collection, file_seconds=seconds, seconds_per_test=1.0)


def _names(units: tuple[Unit, ...]) -> list[str]:
    return [unit.name for unit in units]


def test_files_that_workers_can_share_evenly_stay_whole() -> None:
    collection = [*_file("a.py", 3), *_file("b.py", 3), *_file("c.py", 6)]
    units = _units(collection, {})
    assert split_units(units, collection, 2) == units


def test_a_file_that_would_keep_the_other_worker_waiting_is_cut_where_it_has_to_be() -> None:
    collection = [*_file("long.py", 12), *_file("a.py", 2), *_file("b.py", 2)]
    parts = split_units(_units(collection, {}), collection, 2)
    assert _names(parts) == ["long.py (1 of 2)", "long.py (2 of 2)", "a.py", "b.py"]
    assert [part.tests for part in parts[:2]] == [tuple(range(6)), tuple(range(6, 12))]
    assert simulate(longest_first(parts), 2).seconds == 8.0


def test_equal_files_that_do_not_come_out_even_are_cut_finer() -> None:
    collection = [test for name in "abcde" for test in _file(f"{name}.py", 8)]
    whole = _units(collection, {})
    parts = split_units(whole, collection, 4)
    assert simulate(longest_first(whole), 4).seconds == 16.0
    assert simulate(longest_first(parts), 4).seconds <= 40 / 4 * 1.2


def test_a_class_stays_whole_as_long_as_it_is_no_longer_than_a_part() -> None:
    classes = [[f"a.py::{name}::test_{n}" for n in range(3)] for name in ("A", "B", "C", "D")]
    collection = [test for tests in classes for test in tests]
    parts = split_units(_units(collection, {}), collection, 4)
    assert [part.tests for part in parts] == [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)]


def test_a_class_that_is_too_long_is_cut_too() -> None:
    collection = [f"a.py::A::test_{n}[x::y]" for n in range(8)]
    parts = split_units(_units(collection, {}), collection, 2)
    assert [part.tests for part in parts] == [(0, 1, 2, 3), (4, 5, 6, 7)]


def test_one_long_test_cannot_be_cut() -> None:
    collection = ["long.py::test_0", *_file("b.py", 2)]
    units = _units(collection, {"long.py": 10.0})
    assert split_units(units, collection, 2) == units


def test_a_group_that_somebody_named_stays_whole() -> None:
    collection = [f"{test}@database" for test in _file("a.py", 12)] + _file("b.py", 4)
    units = form_units(collection, file_seconds={}, seconds_per_test=1.0, unit_of=group_of)
    assert split_units(units, collection, 2) == units
    assert split_units(_units(collection, {}), collection, 2) != units


@pytest.mark.parametrize(
    ("node_id", "group"),
    [
        ("a.py::test_1@database", "@database"),
        ("a.py::test_1[x]@database", "@database"),
        ("a.py::test_1[me@home]", "a.py"),
        ("a.py::test_1", "a.py"),
    ],
)
def test_a_group_is_what_follows_the_last_at_outside_of_parameters(
    node_id: str, group: str
) -> None:
    assert group_of(node_id) == group


def test_a_split_for_no_worker_is_an_error() -> None:
    with pytest.raises(ValueError, match="found 0 workers"):
        split_units(_units(["a.py::test"], {}), ["a.py::test"], 0)


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 50)), min_size=1, max_size=8),
    st.integers(1, 6),
)
def test_no_test_is_lost_or_reordered_and_no_run_gets_longer(
    files: list[tuple[int, int]], workers: int
) -> None:
    collection = [t for number, (tests, _) in enumerate(files) for t in _file(f"{number}", tests)]
    units = _units(collection, {str(n): float(seconds) for n, (_, seconds) in enumerate(files)})
    parts = split_units(units, collection, workers)
    assert [test for part in parts for test in part.tests] == list(range(len(collection)))
    assert len(set(_names(parts))) == len(parts)
    assert sum(part.seconds for part in parts) == pytest.approx(sum(u.seconds for u in units))
    before = simulate(longest_first(units), workers).seconds
    assert simulate(longest_first(parts), workers).seconds <= before + 1e-9
