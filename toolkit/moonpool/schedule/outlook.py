"""How long some tests would take on so many workers of so many machines."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

from moonpool.schedule.bound import lower_bound
from moonpool.schedule.order import longest_first
from moonpool.schedule.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moonpool.schedule.bound import Bound
    from moonpool.schedule.unit import Unit

__all__ = ["Outlook", "deal", "foresee"]


class Outlook(NamedTuple):
    """The makespan in ``seconds``, without the start of workers, and what no schedule undercuts.

    ``workers`` are those of each machine.
    """

    machines: int
    workers: int
    seconds: float
    bound: Bound


def foresee(units: Sequence[Unit], workers: int, machines: int = 1) -> Outlook:
    """Return how long ``units`` take where each worker has a CPU of its own.

    Raises ValueError when there is no worker or no machine.
    """
    dealt = deal(units, machines)
    seconds = max(simulate(longest_first(own), workers).seconds for own in dealt)
    return Outlook(machines, workers, seconds, lower_bound(units, workers * machines))


def deal(units: Iterable[Unit], machines: int) -> tuple[tuple[Unit, ...], ...]:
    """Return the units of each machine: longest first to the one that has least to do.

    Raises ValueError when there is no machine.
    """
    if machines < 1:
        raise ValueError(f"found {machines} machines, expected at least 1")
    dealt: list[list[Unit]] = [[] for _ in range(machines)]
    loads = [(0.0, number) for number in range(machines)]
    for unit in longest_first(units):
        seconds, number = loads[0]
        dealt[number].append(unit)
        heapq.heapreplace(loads, (seconds + unit.seconds, number))
    return tuple(map(tuple, dealt))
