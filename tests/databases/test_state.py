"""The controller's word reaches its workers whole, or not at all."""

from __future__ import annotations

import pytest

from moonpool.databases.marks import Mark
from moonpool.databases.state import (
    STATE_VARIABLE,
    Family,
    RunState,
    parse_state,
    render_state,
)
from moonpool.errors import MoonpoolError


def test_a_state_comes_back_from_the_environment() -> None:
    state = RunState(Mark("p", "/ü", "r", "b", "s", -5), {"DATABASE_URL": Family("a_test", None)})

    assert parse_state({STATE_VARIABLE: render_state(state)}) == state


@pytest.mark.parametrize(
    "environ",
    [{}, {STATE_VARIABLE: "x"}, {STATE_VARIABLE: '{"version": 2}'}, {STATE_VARIABLE: "[]"}],
)
def test_a_worker_without_a_controller_is_told_so(environ: dict[str, str]) -> None:
    with pytest.raises(MoonpoolError) as caught:
        parse_state(environ)

    assert caught.value.message == (
        "no run has opened its databases: `MOONPOOL_DATABASES` is missing or of another version"
    )
    assert "moonpool plugin is active" in caught.value.hint
