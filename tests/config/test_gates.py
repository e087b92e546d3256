"""`[tool.moonpool.gates]`: what is understood and what is refused."""

from __future__ import annotations

import pytest

from moonpool.config.gates import GateKeys, read_gates
from moonpool.errors import MoonpoolError


def test_an_empty_table_asks_for_nothing() -> None:
    assert read_gates({}) == GateKeys()


def test_all_keys_are_understood() -> None:
    table = {"total": 90, "each": 80.5, "changed": 95, "base": "origin/main", "tolerance": 0.2}
    assert read_gates({**table, "baseline": "b.json"}) == GateKeys(
        90.0, 80.5, 95.0, "origin/main", "b.json", 0.2
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (90, "[tool.moonpool.gates] is 90, expected a table"),
        ({"totel": 1}, "found the unknown key `totel` in [tool.moonpool.gates]"),
        (
            {"total": 101},
            "`total` in [tool.moonpool.gates] is 101, expected a number from 0 to 100",
        ),
        (
            {"each": True},
            "`each` in [tool.moonpool.gates] is True, expected a number from 0 to 100",
        ),
        ({"base": ""}, "`base` in [tool.moonpool.gates] is '', expected a text"),
    ],
)
def test_what_cannot_be_meant_is_refused(table: object, message: str) -> None:
    with pytest.raises(MoonpoolError) as caught:
        read_gates(table)
    assert caught.value.message == message
