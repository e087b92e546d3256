"""Uniting and renaming what ran."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from moonpool.coverage.executed import Executed, FileRun, line_numbers, rename, unite

_NAMES = some.sampled_from(["a.py", "b.py", "c.py"])
_CONTEXTS = some.sampled_from(["", "one", "two"])
_ENDS = some.integers(-3, 9)
_LINES = some.builds(
    Executed,
    some.just(False),
    some.dictionaries(
        _NAMES,
        some.builds(
            lambda lines: FileRun(lines=lines),
            some.dictionaries(_CONTEXTS, some.integers(1, 50).map(lambda n: n * 2)),
        ),
    ),
)
_ARCS = some.builds(
    Executed,
    some.just(True),
    some.dictionaries(
        _NAMES,
        some.builds(
            lambda arcs: FileRun(arcs=arcs),
            some.dictionaries(
                _CONTEXTS,
                some.frozensets(
                    some.tuples(some.integers(-3, 9), some.integers(-3, 9)), min_size=1
                ),
            ),
        ),
    ),
)


@given(some.lists(some.one_of(_LINES, _ARCS), max_size=4))
def test_uniting_does_not_depend_on_order_or_grouping(parts: list[Executed]) -> None:
    branches = any(part.branches for part in parts)
    united = unite(parts)
    assert unite(parts[::-1]) == united
    assert unite([unite(parts[:2], branches=branches), *parts[2:]], branches=branches) == united
    assert unite([united, united]) == united


@given(some.sets(some.integers(0, 300)))
def test_bits_name_their_lines(lines: set[int]) -> None:
    assert line_numbers(sum(1 << line for line in lines)) == sorted(lines)


def test_lines_become_arcs_to_themselves_and_arcs_the_lines_they_touch() -> None:
    lines = Executed(False, {"a.py": FileRun(lines={"t": 0b110})})
    arcs = Executed(True, {"a.py": FileRun(arcs={"": frozenset([(-1, 4), (4, -1)])})})
    assert unite([lines, arcs]).files["a.py"].arcs == {
        "t": frozenset([(1, 1), (2, 2)]),
        "": frozenset([(-1, 4), (4, -1)]),
    }
    assert unite([lines, arcs], branches=False).files["a.py"].lines == {"t": 0b110, "": 0b10000}


def test_files_that_come_to_share_a_name_are_united_and_nameless_ones_are_counted() -> None:
    executed = Executed(
        False,
        {
            "x/a.py": FileRun("jinja", lines={"": 0b10}),
            "y/a.py": FileRun(lines={"": 0b100}),
            "gone.py": FileRun(),
        },
    )
    renamed, left_out = rename(
        executed, lambda name: None if name == "gone.py" else name.partition("/")[2]
    )
    assert renamed == Executed(False, {"a.py": FileRun("jinja", lines={"": 0b110})})
    assert left_out == 1
