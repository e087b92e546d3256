from __future__ import annotations

from moonpool.schedule import Unit, longest_first

_UNITS = [Unit("a", (0,), 1.0), Unit("b", (1,), 3.0), Unit("c", (2,), 2.0), Unit("d", (3,), 3.0)]


def _names(units: tuple[Unit, ...]) -> str:
    return "".join(unit.name for unit in units)


def test_the_longest_comes_first_and_equals_stay_as_they_came() -> None:
    assert _names(longest_first(_UNITS)) == "bdca"


def test_what_must_lead_leads_longest_first() -> None:
    assert _names(longest_first(_UNITS, leading={"a", "c", "unknown"})) == "cabd"
