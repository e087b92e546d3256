"""What did not run, as text."""

from __future__ import annotations

import pytest
from coverage.results import format_lines
from hypothesis import given
from hypothesis import strategies as some

from moonpool.coverage.missing import missing_text

_LINES = some.sets(some.integers(1, 30))


@pytest.mark.parametrize(
    ("ran", "missing", "arcs", "text"),
    [
        ([1, 2], [], [], ""),
        ([1], [3, 4, 9], [], "3-9"),
        ([1, 5], [3, 4, 9], [], "3-4, 9"),
        ([1, 2], [7], [(2, 4), (1, -1)], "1->exit, 2->4, 7"),
        ([1, 2], [7], [(2, 7), (7, 9)], "7"),
    ],
)
def test_lines_come_as_ranges_and_jumps_among_them(
    ran: list[int], missing: list[int], arcs: list[tuple[int, int]], text: str
) -> None:
    assert missing_text(ran, missing, arcs) == text


@given(_LINES, _LINES, some.dictionaries(some.integers(1, 30), some.integers(-1, 30)))
def test_it_reads_as_in_coverages_own_report(
    ran: set[int], missing: set[int], jumps: dict[int, int]
) -> None:
    jumps = {start: end or -1 for start, end in jumps.items()}
    theirs = format_lines(ran | missing, missing, [(at, [to]) for at, to in jumps.items()])
    assert missing_text(ran - missing, sorted(missing), jumps.items()) == theirs


def test_branches_of_which_nobody_knows_where_they_lead_are_counted() -> None:
    text = missing_text([1, 9], [4, 5], untaken={9: 2, 1: 1, 4: 3})
    assert text == "1 (1 branch), 4-5, 9 (2 branches)"
