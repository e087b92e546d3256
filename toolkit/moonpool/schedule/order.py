"""The order in which units are handed out: longest predicted first.

Started in this order and pulled on completion, a run ends within 4/3 - 1/(3m) of the best that m
workers can do when the predictions hold, and within 2 - 1/m when they do not (Graham 1969, "Bounds
on multiprocessing timing anomalies").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from moonpool.schedule.unit import Unit

__all__ = ["longest_first"]


def longest_first(units: Iterable[Unit], leading: Container[str] = ()) -> tuple[Unit, ...]:
    """Return the units, longest first; those named in ``leading`` come before all others.

    Units of equal length keep the order in which they came.
    """
    return tuple(sorted(units, key=lambda unit: (unit.name not in leading, -unit.seconds)))
