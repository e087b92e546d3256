"""A mark comes back from the comment that it was written into; nothing else counts as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.databases.marks import Mark, advisory_key, parse_mark, render_mark

_texts = st.text(st.characters(exclude_categories=["Cs"]))
_KEYS = st.integers(-(2**63), 2**63 - 1)


@given(st.builds(Mark, _texts, _texts, _texts, _texts, _texts, _KEYS))
def test_a_mark_survives_its_comment(mark: Mark) -> None:
    comment = render_mark(mark)

    assert parse_mark(comment) == mark
    assert comment.isascii()


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "",
        "default administrative connection database",
        "[1]",
        "{}",
        (
            '{"moonpool": 2, "project": "", "checkout": "", "run": "", "boot": "", "started": "",'
            ' "lock": 1}'
        ),
        '{"moonpool": 1, "project": "", "checkout": "", "run": "", "boot": "", "started": ""}',
        (
            '{"moonpool": 1, "project": 1, "checkout": "", "run": "", "boot": "", "started": "",'
            ' "lock": 1}'
        ),
    ],
)
def test_another_comment_is_no_mark(comment: str | None) -> None:
    assert parse_mark(comment) is None


@given(_texts, _texts)
def test_keys_fit_the_server_and_differ_by_kind(one: str, two: str) -> None:
    assert -(2**63) <= advisory_key("run", one) < 2**63
    assert advisory_key("run", one) != advisory_key("family", two)
    assert (advisory_key("run", one) == advisory_key("run", two)) == (one == two)
