"""`[tool.moonpool.gates]`: how much coverage is enough, for the workspace or one project of it."""

from __future__ import annotations

from typing import NamedTuple

from moonpool.config.checks import SEE, check_keys, config_error

__all__ = ["GATE_KEYS", "GateKeys", "read_gates"]

GATE_KEYS = ("base", "baseline", "changed", "each", "tolerance", "total")
_WHERE = "[tool.moonpool.gates]"
_BASELINE = "coverage-baseline.json"


class GateKeys(NamedTuple):
    """`[tool.moonpool.gates]` as it was written, percentages as numbers; None is no such gate."""

    total: float | None = None
    each: float | None = None
    changed: float | None = None
    base: str | None = None
    baseline: str = _BASELINE
    tolerance: float = 0.0


def read_gates(table: object) -> GateKeys:
    """Read the table. Raises MoonpoolError for what cannot be meant."""
    if not isinstance(table, dict):
        raise config_error(f"{_WHERE} is {table!r}, expected a table", SEE)
    check_keys(table, GATE_KEYS, _WHERE)
    return GateKeys(
        total=_percent(table, "total"),
        each=_percent(table, "each"),
        changed=_percent(table, "changed"),
        base=_text(table, "base"),
        baseline=_text(table, "baseline") or _BASELINE,
        tolerance=_percent(table, "tolerance") or 0.0,
    )


def _percent(table: dict[str, object], key: str) -> float | None:
    found = table.get(key)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 100:
        raise config_error(
            f"`{key}` in {_WHERE} is {found!r}, expected a number from 0 to 100", SEE
        )
    return float(found)


def _text(table: dict[str, object], key: str) -> str | None:
    found = table.get(key)
    if found is not None and not (isinstance(found, str) and found):
        raise config_error(f"`{key}` in {_WHERE} is {found!r}, expected a text", SEE)
    return found if isinstance(found, str) else None
