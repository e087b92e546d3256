"""Edits change whole lines, mean what was intended, and leave all other lines alone."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from moonpool.audit.editing.change import Before, Delete, Edit, Insert, Put, Replace
from moonpool.audit.editing.edit import edited
from moonpool.audit.editing.splice import RefusedError
from moonpool.audit.reading.source import Problem, Source
from moonpool.audit.reading.tree import parse, plain


def _edited(text: str, *edits: Edit) -> str:
    return edited(Source("a.yml", text), edits).text


STEPS = dedent("""\
    # what the job is for
    job:
      steps:
        # first of all
        - name: a   # kept with a
          run: x

        # about b
        # and more of it
        - name: b
          run: |
            y
            # part of the script

          # deeper, still b's
        - name: c
    # of the end
    """)


@pytest.mark.parametrize(
    ("index", "gone"),
    [(0, range(3, 7)), (1, range(7, 15)), (2, range(15, 16))],
)
def test_an_item_goes_with_its_comments(index: int, gone: range) -> None:
    lines = STEPS.splitlines(keepends=True)
    left = "".join(line for number, line in enumerate(lines) if number not in gone)
    assert _edited(STEPS, Delete(("job", "steps", index))) == left


@pytest.mark.parametrize(
    ("text", "address", "left"),
    [
        ("a: 1\nb: 2\n", ("a",), "b: 2\n"),
        ("a: 1\r\nb: 2\r\n", ("b",), "a: 1\r\n"),
        ("a: 1\n\nb: 2", ("b",), "a: 1\n"),
        ("a: |\n  x\n\nb: 2", ("b",), "a: |\n  x\n"),
        ("a: 1\nb:\n  c: 3\n", ("b", "c"), "a: 1\n"),
        ("a: [x, y, z]  # why\n", ("a", 1), "a: [x, z]  # why\n"),
        ("a: [x, y]\n", ("a", 0), "a: [y]\n"),
        ("a: [ x, y ]\n", ("a", 1), "a: [ x ]\n"),
        ("a:\n- x\n- y\n", ("a", 0), "a:\n- y\n"),
        ("a:\n  -\n    b: 1\n  - c\n", ("a", 0), "a:\n  - c\n"),
        ("a: |2\n    x\nb: 1\n", ("a",), "b: 1\n"),
        ("a: >+\n  x\n\nb: 1\n", ("a",), "b: 1\n"),
        ("a:\n  - {b: 1}\n  - {c: 2}\n", ("a", 1), "a:\n  - {b: 1}\n"),
        ("\n\na: 1\n\n\nb: 2\n\n\nc: 3\n", ("b",), "\n\na: 1\n\n\nc: 3\n"),
        ("a: |\n  x\n    \nb: 2\n", ("b",), "a: |\n  x\n    \n"),
        ("a:\n  - b: 1\n    c: 2  # why\n", ("a", 0, "b"), "a:\n  - c: 2  # why\n"),
        (
            "a:\n-   b: |\n      x\n\n    # of c\n    c: 2",
            ("a", 0, "b"),
            "a:\n    # of c\n-   c: 2",
        ),
        ("a:\n  # of it\n  - b: {x: 1}\n    c: 2\n", ("a", 0, "b"), "a:\n  # of it\n  - c: 2\n"),
        ("a:\n  - env:\n      X: 1\n    run: c\n", ("a", 0, "env", "X"), "a:\n  - run: c\n"),
    ],
)
def test_keys_and_items_go(text: str, address: tuple[str | int, ...], left: str) -> None:
    assert _edited(text, Delete(address)) == left


@pytest.mark.parametrize(
    ("text", "address", "reason"),
    [
        ("a: &x 1\nb: *x\nc: 1\n", ("a",), "the rest would not be valid"),
        ("a: {b: 1, c: 2}\n", ("a", "b"), "the value stands in braces or brackets"),
        ("a: [x,\n  y]\n", ("a", 1), "the value stands in braces or brackets"),
        ("a: ['x, y', z]\n", ("a", 1), "the value stands in braces or brackets"),
        (
            "a:\n  - ? b\n    : 1\n    c: 2\n",
            ("a", 0, "b"),
            "more than a dash stands before the key",
        ),
        ("a: 1\n", ("b",), "found nothing at `b`"),
        ("a: [\n", ("a",), "found invalid YAML"),
    ],
)
def test_what_cannot_be_proven_is_refused(
    text: str, address: tuple[str | int, ...], reason: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        _edited(text, Delete(address))
    assert refused.value.message.startswith(reason)


def test_keys_come_in_where_they_are_wanted() -> None:
    text = "on:\n  push:\njobs:\n  a:\n    x: 1\n"
    assert _edited(text, Insert(("jobs", "a"), "if", ("if: y",))) == text.replace(
        "    x", "    if: y\n    x"
    )
    assert _edited(text, Insert((), "env", ("env:", "  A: b"), after="on")) == text.replace(
        "jobs", "env:\n  A: b\njobs"
    )
    assert _edited("a: 1", Insert((), "b", ("b: 2",), after="a")) == "a: 1\nb: 2"
    assert _edited("a: 1\r\n", Insert((), "b", ("b: 2",), after="a")) == "a: 1\r\nb: 2\r\n"


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        ("a:\n- b\n- c\n", 1, "a:\n- b\n- x: y\n  z: 1\n- c\n"),
        ("a:\n  # of b\n  - b\n", 0, "a:\n  - x: y\n    z: 1\n  # of b\n  - b\n"),
        ("a:\n  - b\n\n  - c\n", 1, "a:\n  - b\n\n  - x: y\n    z: 1\n\n  - c\n"),
        ("a:\r\n  - b\r\n", 0, "a:\r\n  - x: y\r\n    z: 1\r\n  - b\r\n"),
        ("a:\n  - |\n    # text\n  - c", 1, "a:\n  - |\n    # text\n  - x: y\n    z: 1\n  - c"),
    ],
)
def test_an_item_comes_ahead_of_another_and_of_its_comments(
    text: str, index: int, expected: str
) -> None:
    assert _edited(text, Before(("a", index), ("x: y", "z: 1"))) == expected


def test_an_item_does_not_come_into_brackets() -> None:
    with pytest.raises(RefusedError, match="is no item of a block"):
        _edited("a: [b, c]\n", Before(("a", 1), ("x",)))


def test_a_key_is_put_in_the_place_of_another() -> None:
    text = "on:\n  # why\n  push:\n    branches: [main]\n\njobs: x\n"
    put = Put(("on", "push"), ("workflow_run:", "  workflows: [CI]"))
    assert _edited(text, put) == ("on:\n  # why\n  workflow_run:\n    workflows: [CI]\n\njobs: x\n")


def test_a_text_is_replaced_and_its_comment_stays() -> None:
    assert _edited("a: b  # c\nd: e\n", Replace(("a",), "f")) == "a: f  # c\nd: e\n"
    with pytest.raises(RefusedError):
        _edited("a: |\n  b\n", Replace(("a",), "f"))


def test_addresses_are_those_of_the_file_before_all_edits() -> None:
    text = "a:\n  - 0\n  - 1\n  - 2\n  - 3\n"
    assert _edited(text, Delete(("a", 1)), Delete(("a", 2))) == "a:\n  - 0\n  - 3\n"


def test_what_lies_inside_of_something_that_goes_is_not_asked_for() -> None:
    text = "a:\n  b: 1\n  d: 1\nc: 2\n"
    assert _edited(text, Delete(("a", "b")), Delete(("a",)), Delete(("a",))) == "c: 2\n"


def test_a_job_that_loses_its_last_step_goes_as_a_whole() -> None:
    text = "jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: y\n  b: {}\n"
    assert _edited(text, Delete(("jobs", "a", "steps", 0))) == "jobs:\n  b: {}\n"


_WORDS = st.text("abcxyz:#-'\"|>&*!%@ \n", min_size=1, max_size=8)
_VALUES = st.recursive(
    _WORDS | st.booleans() | st.integers(0, 99),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


def _addresses(data: Any, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if not isinstance(data, (dict, list)):
        return []
    found = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        address = (*here, key)
        found += [address, *_addresses(value, address)]
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_deletion_only_takes_lines_away_or_is_refused(data: st.DataObject) -> None:
    keys = st.text("abc", min_size=1, max_size=3)
    content = data.draw(st.dictionaries(keys, _VALUES, min_size=2, max_size=4))
    text = yaml.safe_dump(content, indent=data.draw(st.sampled_from([2, 4])), sort_keys=False)
    tree = parse(Source("", text))
    assert not isinstance(tree, Problem)
    address = data.draw(st.sampled_from(_addresses(plain(tree))))
    try:
        after = _edited(text, Delete(address))
    except RefusedError:
        return
    # The dash of a key that goes moves to the next one, whose line is the same behind it.
    exact = _is_left_of(text.splitlines(), after.splitlines())
    assert exact or _is_left_of(_bare(text), _bare(after))


def _is_left_of(before: list[str], left: list[str]) -> bool:
    rest = iter(before)
    # Lists in brackets are the one thing that is changed within a line.
    return all(any(line == old or "[" in old for old in rest) for line in left)


def _bare(text: str) -> list[str]:
    return [re.sub(r"^[ -]*", lambda lead: " " * len(lead[0]), line) for line in text.splitlines()]
