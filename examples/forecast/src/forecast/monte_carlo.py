"""Many possible futures of the cash at the bank, from one seed.

Equal plans and seeds give equal futures on every machine: `random.Random` is specified, and every
run draws in the same order.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from forecast.errors import ForecastError
from forecast.quantiles import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CashPlan", "Flow", "Outcome", "Shock", "simulate"]


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that moves every month; what comes in is positive."""

    mean: float
    deviation: float = 0.0
    growth: float = 0.0

    def draw(self, month: int, chance: random.Random) -> float:
        """Return what moves in a month, counted from 0."""
        expected = self.mean * (1 + self.growth) ** month
        return chance.gauss(expected, self.deviation) if self.deviation else expected


@dataclass(frozen=True, slots=True)
class Shock:
    """Something that may happen in any month, such as a customer who does not pay."""

    probability: float
    amount: float

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ForecastError(f"found a probability of {self.probability}, expected 0 to 1")

    def draw(self, chance: random.Random) -> float:
        """Return what it moves in a month: mostly nothing."""
        return self.amount if chance.random() < self.probability else 0.0


@dataclass(frozen=True, slots=True)
class CashPlan:
    """What is at the bank, what moves every month, and what may happen."""

    opening: float
    flows: tuple[Flow, ...] = ()
    shocks: tuple[Shock, ...] = ()

    def path(self, months: int, chance: random.Random) -> list[float]:
        """Return the balance at the end of each month in one possible future."""
        moves = [self._move(month, chance) for month in range(months)]
        return list(accumulate(moves, initial=self.opening))[1:]

    def _move(self, month: int, chance: random.Random) -> float:
        moved = sum(flow.draw(month, chance) for flow in self.flows)
        return moved + sum(shock.draw(chance) for shock in self.shocks)


@dataclass(frozen=True)
class Outcome:
    """The balances of all futures: one path per run, one value per month."""

    paths: tuple[tuple[float, ...], ...]

    @cached_property
    def _by_month(self) -> list[list[float]]:
        return [sorted(balances) for balances in zip(*self.paths, strict=True)]

    def fan(self, share: float) -> list[float]:
        """Return, for each month, the balance below which ``share`` of the futures lie."""
        return [quantile(balances, share) for balances in self._by_month]

    def shortfall(self, floor: float = 0.0) -> float:
        """Return the share of futures that fall below ``floor`` in any month."""
        return sum(min(path) < floor for path in self.paths) / len(self.paths)

    def needed(self, confidence: float) -> float:
        """Return the credit line that keeps ``confidence`` of the futures from falling below 0."""
        lowest = sorted(min(path) for path in self.paths)
        return max(0.0, -quantile(lowest, 1 - confidence))

    def ends(self) -> Sequence[float]:
        """Return the balances after the last month, in order."""
        return self._by_month[-1]


def simulate(plan: CashPlan, months: int, runs: int, seed: int) -> Outcome:
    """Return ``runs`` futures of a plan.

    Raises ForecastError when there is nothing to simulate.
    """
    if months < 1 or runs < 1:
        raise ForecastError(f"found {runs} runs of {months} months, expected 1 or more of both")
    chance = random.Random(seed)
    return Outcome(tuple(tuple(plan.path(months, chance)) for _ in range(runs)))
