"""How well a run used its workers, in the words that stand at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.schedule.bound import Binding, lower_bound
from moonpool.units import format_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.schedule.bound import Bound
    from moonpool.schedule.unit import Unit

__all__ = ["advice", "verdict"]

# A file that is the bound by less than this is no better cut in two.
_WORTH_SPLITTING = 1.1


def verdict(bound: Bound, *, tests: int, workers: int, seconds: float) -> str:
    """Return how long a run took beside the least time in which its work could be done.

    ``seconds`` lie between the start of its first test and the end of its last one.
    """
    share = min(1.0, bound.seconds / seconds) if seconds > 0 else 1.0
    where = f": {bound.unit}" if bound.unit else ""
    return (
        f"{tests} tests in {format_seconds(seconds)} on {workers} workers, {share * 100:.0f} % of "
        f"what this work allows (bound {format_seconds(bound.seconds)}{where})"
    )


def advice(bound: Bound, units: Sequence[Unit], workers: int) -> str | None:
    """Return what would let a run of whole files end sooner, where one file is what keeps it.

    ``bound`` is that of ``units`` on so many workers.
    """
    if bound.binding is not Binding.LONGEST:
        return None
    longest = max(units, key=lambda unit: unit.seconds)
    half = longest._replace(seconds=longest.seconds / 2)
    better = lower_bound([half, half, *(unit for unit in units if unit is not longest)], workers)
    if bound.seconds < better.seconds * _WORTH_SPLITTING:
        return None
    return (
        f"no number of workers makes this shorter than `{longest.name}`: cut in two files it would "
        f"take {format_seconds(better.seconds)} (`split = true` cuts where tests share no state)"
    )
