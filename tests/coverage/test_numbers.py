"""Percentages, rounded as coverage.py rounds them."""

from __future__ import annotations

import pytest
from coverage.results import Numbers as TheirNumbers
from hypothesis import given
from hypothesis import strategies as some

from moonpool.coverage.numbers import Numbers


@pytest.mark.parametrize(
    ("missing", "precision", "text"),
    [(0, 0, "100"), (1, 0, "99"), (999, 0, "1"), (1000, 0, "0"), (1, 1, "99.9"), (4, 2, "99.60")],
)
def test_only_all_is_100_and_only_nothing_is_0(missing: int, precision: int, text: str) -> None:
    assert Numbers(statements=1000, missing=missing).percent_text(precision) == text


def test_all_of_nothing_is_100() -> None:
    assert Numbers().percent_text(0) == "100"


@given(
    some.integers(1, 2000),
    some.integers(0, 2000),
    some.integers(0, 9),
    some.integers(0, 9),
    some.integers(0, 3),
)
def test_every_percentage_is_what_coverage_says(
    statements: int, missing: int, branches: int, missing_branches: int, precision: int
) -> None:
    missing, missing_branches = min(missing, statements), min(missing_branches, branches)
    theirs = TheirNumbers(
        precision=precision,
        n_statements=statements,
        n_missing=missing,
        n_branches=branches,
        n_missing_branches=missing_branches,
    )
    ours = Numbers(statements, missing, 0, branches, 0, missing_branches)
    assert ours.percent_text(precision) == theirs.pc_covered_str
    assert ours.percent == theirs.pc_covered


def test_numbers_add_up() -> None:
    assert Numbers(1, 2, 3, 4, 5, 6) + Numbers(10, 20, 30, 40, 50, 60) == Numbers(
        11, 22, 33, 44, 55, 66
    )
