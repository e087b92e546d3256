"""Counts of one file: their numbers, their text, and their sum."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from moonpool.coverage.foreign.hits import HitCounts, file_numbers, total
from moonpool.coverage.numbers import Numbers

_LINES = some.dictionaries(some.integers(1, 20), some.integers(0, 3))
_BRANCHES = some.dictionaries(
    some.integers(1, 20),
    some.dictionaries(some.sampled_from(["0,0", "0,1", "1,0"]), some.integers(0, 3), min_size=1),
)
_COUNTS = some.builds(HitCounts, _LINES, _BRANCHES)


def test_a_line_that_ran_with_a_branch_that_did_not_is_partial() -> None:
    counts = HitCounts(
        {1: 4, 2: 0, 3: 1, 9: 0},
        {1: {"0,0": 4, "0,1": 0}, 2: {"1,0": 0}, 3: {"2,0": 1}, 5: {"3,0": 0, "3,1": 0}},
    )
    file = file_numbers("a.ts", counts)
    assert file.numbers == Numbers(4, 2, 0, branches=6, partial=2, missing_branches=4)
    assert file.missing == "1 (1 branch), 2, 5 (2 branches), 9"


def test_a_cut_knows_some_lines_alone() -> None:
    counts = HitCounts({1: 1, 2: 0}, {1: {"0,0": 0}, 2: {"1,0": 0}}, named=False)
    assert counts.cut({2, 3}) == HitCounts({2: 0}, {2: {"1,0": 0}}, named=False)


@given(_COUNTS, _COUNTS)
def test_what_any_part_ran_is_run_in_the_sum(one: HitCounts, other: HitCounts) -> None:
    both = total([one, other])
    assert set(both.ran) == {*one.ran, *other.ran}
    assert both.lines.keys() == one.lines.keys() | other.lines.keys()
    for line, taken in both.branches.items():
        for name, hits in taken.items():
            parts = [part.branches.get(line, {}).get(name, 0) for part in (one, other)]
            assert hits == sum(parts)


def test_branches_that_nobody_names_count_only_where_none_is_named() -> None:
    named = HitCounts({1: 1}, {1: {"7,0": 1, "7,1": 0}})
    most = HitCounts({1: 1}, {1: {"0,0": 1, "0,1": 1}}, named=False)
    least = HitCounts({1: 1}, {1: {"0,0": 1, "0,1": 0}}, named=False)
    assert total([named, most]) == HitCounts({1: 2}, named.branches)
    assert total([least, most]).untaken == {}
    assert total([least, least]).untaken == {1: 1}
