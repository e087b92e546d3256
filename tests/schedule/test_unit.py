from __future__ import annotations

import pytest

from moonpool.schedule import Unit, file_of, form_units, scope_of

_COLLECTION = ["a.py::test_1", "b.py::A::test_1", "a.py::test_2", "b.py::A::test_2[x::y]"]


def test_the_file_of_a_node_id_ends_at_the_first_colons() -> None:
    assert file_of("tests/a.py::A::test_1[x::y]") == "tests/a.py"
    assert file_of("README.md") == "README.md"


def test_tests_of_a_file_are_one_unit_in_collection_order() -> None:
    units = form_units(_COLLECTION, file_seconds={"a.py": 3.0, "b.py": 1.0}, seconds_per_test=9.0)
    assert units == (Unit("a.py", (0, 2), 3.0), Unit("b.py", (1, 3), 1.0))


def test_an_unknown_file_takes_its_tests_times_the_median() -> None:
    _, unknown = form_units(_COLLECTION, file_seconds={"a.py": 3.0}, seconds_per_test=0.5)
    assert unknown == Unit("b.py", (1, 3), 1.0)


def test_no_unit_is_predicted_to_cost_nothing() -> None:
    units = form_units(_COLLECTION, file_seconds={"a.py": 0.0}, seconds_per_test=0.0)
    assert all(unit.seconds > 0 for unit in units)


def test_what_a_unit_is_can_be_chosen_and_shares_the_files_seconds() -> None:
    units = form_units(
        ["a.py::A::test_1", "a.py::A::test_2", "a.py::test_3"],
        file_seconds={"a.py": 3.0},
        seconds_per_test=9.0,
        unit_of=lambda node_id: node_id.rpartition("::")[0],
    )
    assert units == (Unit("a.py::A", (0, 1), 2.0), Unit("a.py", (2,), 1.0))


def test_a_test_that_was_collected_twice_runs_twice() -> None:
    (unit,) = form_units(["a.py::test_1"] * 2, file_seconds={}, seconds_per_test=1.0)
    assert unit.tests == (0, 1)


def test_some_tests_of_a_unit_take_their_share() -> None:
    assert Unit("a.py", (4, 5, 6, 7), 2.0).only((6, 7)) == Unit("a.py", (6, 7), 1.0)


@pytest.mark.parametrize(
    ("node_id", "scope"),
    [("a.py::TestA::test_1", "a.py::TestA"), ("a.py::test_1", "a.py"), ("doc.txt", "doc.txt")],
)
def test_a_scope_is_a_class_or_a_file(node_id: str, scope: str) -> None:
    assert scope_of(node_id) == scope
