from __future__ import annotations

import pytest

from moonpool.audit.reading.expressions import (
    OWN,
    UNKNOWN,
    Known,
    Partial,
    evaluate,
    expressions,
    has_status_function,
    references,
)

FACTS: dict[str, Known] = {
    "github.event_name": "push",
    "github.ref": "refs/heads/main",
    "github.head_ref": "",
    "github.base_ref": Partial("refs/heads/"),
    "github.repository": OWN,
    "inputs.full": False,
}


def _value(condition: str) -> Known:
    return evaluate(condition, lambda path: FACTS.get(path, UNKNOWN))


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("github.event_name == 'push'", True),
        ("github.event_name != 'push'", False),
        ("${{ github.event_name == 'PUSH' }}", True),
        ("github.event_name == 'push' && github.ref == 'refs/heads/main'", True),
        ("github.event_name == 'pull_request' || github.ref == 'refs/heads/main'", True),
        ("!(github.event_name == 'push')", False),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("contains('push release', github.event_name)", True),
        ("endsWith(github.ref, 'main')", True),
        ("github.repository == 'somebody/else'", True),
        ("startsWith(github.base_ref, 'refs/tags')", False),
        ("startsWith(github.base_ref, 'refs/')", True),
        ("github.base_ref == 'main'", False),
        ("inputs.full", False),
        ("inputs.full == false", True),
        ("github.head_ref == ''", True),
        ("success()", True),
        ("always()", True),
        ("failure() || cancelled()", False),
        ("true", True),
        ("github.event_name == 'push' && 'yes' || 'no'", "yes"),
    ],
)
def test_conditions_over_known_facts_are_decided(condition: str, value: Known) -> None:
    assert _value(condition) == value


@pytest.mark.parametrize(
    "condition",
    [
        "needs.changes.outputs.code == 'true'",
        "github.event_name == 'push' && vars.ON",
        "github.actor != 'bot' || false",
        "contains(github.event.head_commit.message, '[ci]')",
        "github.base_ref == 'refs/heads/main'",
        "hashFiles('x') != ''",
        "github.run_number > 5",
        "prefix ${{ github.ref }}",
        "github.event_name ==",
        "a ? b",
        "fromJSON(x)[0]",
    ],
)
def test_what_only_the_run_knows_stays_unknown(condition: str) -> None:
    assert _value(condition) is UNKNOWN


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("vars.ON && github.event_name == 'schedule'", False),
        ("vars.ON || github.event_name == 'push'", True),
        ("github.event_name == 'schedule' && vars.ON", False),
    ],
)
def test_an_unknown_part_does_not_matter_where_the_other_decides(
    condition: str, value: Known
) -> None:
    assert _value(condition) is value


def test_contexts_are_found_and_texts_are_not() -> None:
    text = "needs.a.outputs['b-c'] == 'needs.x.outputs.y' && steps.d.outcome"
    assert list(references(text)) == [("needs", "a", "outputs", "b-c"), ("steps", "d", "outcome")]


def test_every_expression_of_a_text_is_found() -> None:
    assert expressions("a ${{ x }} b ${{y}}") == ["x", "y"]


def test_functions_that_outlive_a_failure_are_told_apart() -> None:
    assert has_status_function("always() && x")
    assert has_status_function("!cancelled()")
    assert not has_status_function("success()")
    assert not has_status_function(None)
