"""From changed lines to the statements that coverage counts."""

from __future__ import annotations

from textwrap import dedent

import pytest

from moonpool.coverage.statements import statements_of

_SOURCE = dedent(
    '''\
    value = call(
        1,
        2,
    )

    @decorator(
        value,
    )
    def function(
        first,
        second=value,
    ):
        """What it does."""
        if first and (
            second
        ):
            return [
                first,
            ]
        match first:
            case 1:
                return 2
    '''
)


@pytest.mark.parametrize(
    ("changed", "statements"),
    [(3, {1}), (11, {9}), (15, {14}), (18, {17}), (5, set()), (21, set()), (22, set())],
)
def test_a_line_belongs_to_the_statement_around_it(changed: int, statements: set[int]) -> None:
    assert statements_of(_SOURCE, [changed]) - {changed} == statements


def test_what_is_no_python_keeps_its_lines() -> None:
    assert statements_of("{% if %}", [1, 7]) == {1, 7}
