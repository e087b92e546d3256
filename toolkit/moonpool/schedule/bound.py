"""The least time in which any schedule could run some units, and what makes it so."""

from __future__ import annotations

import enum
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moonpool.schedule.unit import Unit

__all__ = ["Binding", "Bound", "lower_bound"]


class Binding(enum.Enum):
    """What a lower bound rests on."""

    LONGEST = "the longest unit"
    SHARING = "long units that must share a worker"
    WORK = "all work, divided among the workers"


class Bound(NamedTuple):
    """``seconds`` that no schedule undercuts; ``unit`` names the one that binds, if one does."""

    seconds: float
    binding: Binding
    unit: str | None = None


def lower_bound(units: Iterable[Unit], workers: int) -> Bound:
    """Return the largest of the known lower bounds for ``workers`` workers.

    Of equal bounds the work is named before a unit: then no single unit is to blame. Raises
    ValueError when there is no worker.
    """
    if workers < 1:
        raise ValueError(f"found {workers} workers, expected at least 1")
    ordered = sorted(units, key=lambda unit: -unit.seconds)
    work = Bound(sum(unit.seconds for unit in ordered) / workers, Binding.WORK)
    if not ordered:
        return work
    longest = Bound(ordered[0].seconds, Binding.LONGEST, ordered[0].name)
    bounds = (work, longest, *_sharing(ordered, workers))
    return max(bounds, key=lambda bound: bound.seconds)


def _sharing(ordered: Sequence[Unit], workers: int) -> Iterable[Bound]:
    # Of the k*m + 1 longest units some worker gets k + 1, at best the shortest k + 1 of them.
    sums = [0.0, *accumulate(unit.seconds for unit in ordered)]
    for each in range(1, (len(ordered) - 1) // workers + 1):
        last = each * workers
        seconds = sums[last + 1] - sums[last - each]
        yield Bound(seconds, Binding.SHARING, ordered[last].name)
