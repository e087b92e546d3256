"""lcov's tracefiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from moonpool.coverage.foreign.error import InputError
from moonpool.coverage.foreign.hits import HitCounts
from moonpool.coverage.foreign.lcov import looks_like_lcov, parse_lcov, record
from tests.coverage.foreign.samples import BY_C8, BY_ISTANBUL, sample

if TYPE_CHECKING:
    from moonpool.coverage.numbers import Numbers


@pytest.mark.parametrize(("name", "numbers"), [("c8.info", BY_C8), ("istanbul.info", BY_ISTANBUL)])
def test_the_numbers_are_those_that_the_tool_printed(name: str, numbers: Numbers) -> None:
    text = sample(name)
    assert looks_like_lcov(text)
    files = parse_lcov(text)
    assert list(files) == ["src/lib.js"]
    assert files["src/lib.js"].numbers == numbers
    assert f"LF:{numbers.statements}\n" in text
    assert f"BRH:{numbers.branches - numbers.missing_branches}\n" in text


def test_records_of_one_file_are_summed_whatever_test_they_are_of() -> None:
    text = (
        "TN:unit\nSF:a.ts\nDA:1,2,checksum\nDA:2,0\nBRDA:1,0,0,-\nend_of_record\n"
        "TN:browser\nSF:a.ts\nDA:2,3\nDA:1,-1\nBRDA:1,0,0,4\nend_of_record\n"
    )
    assert parse_lcov(text) == {"a.ts": HitCounts({1: 2, 2: 3}, {1: {"0,0": 4}})}


def test_a_branch_may_be_named_by_a_text_with_commas() -> None:
    (counts,) = parse_lcov("SF:a.py\nDA:2,1\nBRDA:2,0,jump to 3, or 4,1\nend_of_record\n").values()
    assert counts.branches == {2: {"0,jump to 3, or 4": 1}}


def test_what_a_later_lcov_adds_is_passed_over() -> None:
    text = "TN:\r\nSF:a.c\r\nVER:1\r\nFNL:0,1,3\r\nMCDC:1,2,t,0,0,x\r\nDA:1,1\r\nend_of_record\r\n"
    assert parse_lcov(text) == {"a.c": HitCounts({1: 1})}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SF:a.ts\nDA:1\nend_of_record\n", "cannot be read: line 2 is `DA:1`"),
        ("SF:a.ts\nDA:1,x\nend_of_record\n", "cannot be read: line 2 is `DA:1,x`"),
        ("SF:a.ts\nBRDA:1,0\nend_of_record\n", "cannot be read: line 2 is `BRDA:1,0`"),
        ("TN:\nDA:1,1\n", "cannot be read: line 2 is `DA:1,1`"),
        ("SF:a.ts\nDA:1,1\nDA:2", "cannot be read: line 3 is `DA:2`"),
        ("SF:a.ts\nDA:1,1\n", "is cut off: the record of `a.ts` has no `end_of_record`"),
        (
            "SF:a.ts\nDA:1,1\nSF:b.ts\nend_of_record\n",
            "is cut off: the record of `a.ts` has no `end_of_record`",
        ),
    ],
)
def test_a_broken_file_is_refused_with_the_line(text: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_lcov(text)
    assert str(caught.value) == problem


_BRANCHES = some.dictionaries(
    some.integers(1, 30),
    some.dictionaries(some.sampled_from(["0,0", "0,1", "3,jump"]), some.integers(0, 5), min_size=1),
)


@given(some.dictionaries(some.integers(1, 30), some.integers(0, 5)), _BRANCHES)
def test_what_is_written_is_read_again(
    lines: dict[int, int], branches: dict[int, dict[str, int]]
) -> None:
    counts = HitCounts(lines, branches)
    assert parse_lcov(record("a.ts", counts)) == {"a.ts": counts}
