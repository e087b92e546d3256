"""`[tool.moonpool.coverage-inputs]`: what is understood and what is refused."""

from __future__ import annotations

import pytest

from moonpool.config.inputs import read_coverage_inputs
from moonpool.errors import MoonpoolError


def test_a_project_has_one_file_or_several() -> None:
    assert read_coverage_inputs({"web": "lcov.info", "team/ui": ["a", "b", "a"]}) == {
        "web": ("lcov.info",),
        "team/ui": ("a", "b"),
    }


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("x", "[tool.moonpool.coverage-inputs] is 'x', expected a table"),
        ({"web": 1}, "`web` in [tool.moonpool.coverage-inputs] is 1, expected files"),
        ({"web": []}, "`web` in [tool.moonpool.coverage-inputs] is [], expected files"),
        ({"web": ""}, "`web` in [tool.moonpool.coverage-inputs] is '', expected files"),
        ({"web": ["a", 1]}, "`web` in [tool.moonpool.coverage-inputs] is ['a', 1], expected files"),
    ],
)
def test_what_cannot_be_meant_is_refused(table: object, message: str) -> None:
    with pytest.raises(MoonpoolError) as caught:
        read_coverage_inputs(table)
    assert caught.value.message == message
    assert caught.value.hint.startswith('write frontend = "coverage/lcov.info"')
