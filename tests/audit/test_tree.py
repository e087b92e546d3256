from __future__ import annotations

import pytest

from moonpool.audit.reading.source import Problem, Source
from moonpool.audit.reading.tree import Mapping, Node, Scalar, parse, plain


def _tree(text: str) -> Node:
    tree = parse(Source("a.yml", text))
    assert not isinstance(tree, Problem), tree
    return tree


def _problem(text: str) -> Problem:
    problem = parse(Source("a.yml", text))
    assert isinstance(problem, Problem)
    return problem


def test_words_of_yaml_1_1_stay_texts() -> None:
    assert plain(_tree("on: push\nversion: 3.10\nday: 2020-01-01\nno: yes\n")) == {
        "on": "push",
        "version": "3.10",
        "day": "2020-01-01",
        "no": "yes",
    }


def test_true_false_and_nothing_are_meant_unless_quoted() -> None:
    assert plain(_tree("a: true\nb: 'true'\nc:\nd: ''\n")) == {
        "a": True,
        "b": "true",
        "c": None,
        "d": "",
    }


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("a: 1\n# c\n\nb: 2\n", 0),
        ("a: |\n  x\n\n  y\nb: 2\n", 3),
        ("a: >-\n  x\n  y\nb: 2\n", 2),
        ("a: 'x\n  y'\nb: 2\n", 1),
        ("a: [1,\n  2]\nb: 2\n", 1),
        ("a:\n  b:\n    - c\n# d\nb: 2\n", 2),
        ("a:\nb: 2\n", 0),
    ],
)
def test_a_value_ends_with_its_last_leaf(text: str, last: int) -> None:
    tree = _tree(text)
    assert isinstance(tree, Mapping)
    assert tree.entries[0].value.last == last


def test_an_alias_repeats_what_it_stands_for() -> None:
    tree = _tree("a: &x {b: 1}\nc: *x\n")
    assert plain(tree) == {"a": {"b": "1"}, "c": {"b": "1"}}


def test_places_count_from_zero() -> None:
    tree = _tree("a:\n  b: c\n")
    assert isinstance(tree, Mapping)
    inner = tree.get("a")
    assert isinstance(inner, Mapping)
    value = inner.get("b")
    assert isinstance(value, Scalar)
    assert (value.line, value.column) == (1, 5)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\n\tb: 2\n", 2, "found invalid YAML: "),
        ("a: [1\n", 1, "found invalid YAML: "),
        ("a: *x\n", 1, "found invalid YAML: found undefined alias"),
        ("a: 1\na: 2\n", 2, "found the key `a` twice"),
        ("? [a]\n: 1\n", 1, "found a key that is no text"),
        ("a: &x [*x]\n", 1, "found an alias inside of what it stands for"),
        ("", 1, "found an empty file"),
        ("a: 1\n---\nb: 2\n", 2, "found invalid YAML: but found another document"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, message: str) -> None:
    problem = _problem(text)
    assert (problem.path, problem.line) == ("a.yml", line)
    assert problem.message.startswith(message)


def test_aliases_cannot_blow_a_file_up() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert _problem("\n".join(levels)).message == "found more than 200000 values behind aliases"
