"""Shards that come together, and what is said where some do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from moonpool.coverage.parts import ALL, SOME, lacking_text, united_parts


@given(some.integers(2, 9), some.data())
def test_only_all_shards_together_are_all_tests(count: int, data: some.DataObject) -> None:
    every = [frozenset({f"{number}/{count}"}) for number in range(1, count + 1)]
    assert united_parts(every) == ALL
    left_out = data.draw(some.sampled_from(every))
    together = united_parts([part for part in every if part != left_out])
    assert together == frozenset().union(*every) - left_out
    assert united_parts([together, left_out]) == ALL


def test_a_run_of_all_tests_needs_no_shard() -> None:
    assert united_parts([frozenset({"1/3"}), ALL, frozenset({SOME})]) == ALL


def test_tests_that_somebody_chose_are_no_shard() -> None:
    assert united_parts([frozenset({"1/2"}), frozenset({SOME})]) == {"1/2", SOME}


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([], ""),
        ([SOME], "only some of its tests ran"),
        (["1/3", "3/3"], "without shard 2 of 3"),
        (["2/4", SOME], "without shards 1, 3, 4 of 4"),
        (["1/2", "1/3"], "without shard 2 of 2 and without shards 2, 3 of 3"),
    ],
)
def test_what_lacks_is_named(parts: list[str], text: str) -> None:
    assert lacking_text(frozenset(parts)) == text
