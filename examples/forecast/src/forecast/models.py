"""Models that continue a series; each is a value, and forecasting leaves it unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Protocol

from forecast.errors import ForecastError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ExponentialSmoothing",
    "HoltWinters",
    "Model",
    "MovingAverage",
    "Naive",
    "SeasonalNaive",
]


class Model(Protocol):
    """Whatever can continue a series."""

    def forecast(self, history: Sequence[float], steps: int) -> list[float]:
        """Return the next ``steps`` values, or raise ForecastError for too short a history."""
        ...


def _need(history: Sequence[float], count: int) -> None:
    if len(history) < count:
        raise ForecastError(f"found {len(history)} values, expected {count} at least")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ForecastError(f"found {name} = {value}, expected 0 to 1")


@dataclass(frozen=True, slots=True)
class Naive:
    """Tomorrow is like today: what every other model has to beat."""

    def forecast(self, history: Sequence[float], steps: int) -> list[float]:
        """Return the last value again and again."""
        _need(history, 1)
        return [history[-1]] * steps


@dataclass(frozen=True, slots=True)
class SeasonalNaive:
    """This year is like last year."""

    season: int = 12

    def forecast(self, history: Sequence[float], steps: int) -> list[float]:
        """Return the last season again and again."""
        _need(history, self.season)
        last = history[-self.season :]
        return [last[step % self.season] for step in range(steps)]


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """The mean of the last values, forecasts included as they come."""

    window: int

    def __post_init__(self) -> None:
        if self.window < 1:
            raise ForecastError(f"found a window of {self.window}, expected 1 or more")

    def forecast(self, history: Sequence[float], steps: int) -> list[float]:
        """Return the next values, each the mean of the ``window`` before it."""
        _need(history, self.window)
        values = list(history[-self.window :])
        for _ in range(steps):
            values.append(fmean(values[-self.window :]))
        return values[self.window :]


@dataclass(frozen=True, slots=True)
class ExponentialSmoothing:
    """A level that follows the series; ``alpha`` is how much the newest value weighs."""

    alpha: float

    def __post_init__(self) -> None:
        _share("alpha", self.alpha)

    def forecast(self, history: Sequence[float], steps: int) -> list[float]:
        """Return the level behind the last value, which stays."""
        _need(history, 1)
        level = history[0]
        for value in history[1:]:
            level += self.alpha * (value - level)
        return [level] * steps


@dataclass(frozen=True, slots=True)
class HoltWinters:
    """Level, trend and additive seasons, each smoothed (Holt 1957, Winters 1960)."""

    alpha: float
    beta: float
    gamma: float
    season: int = 12

    def __post_init__(self) -> None:
        for name in ("alpha", "beta", "gamma"):
            _share(name, getattr(self, name))

    def forecast(self, history: Sequence[float], steps: int) -> list[float]:
        """Return the next values; two whole seasons of history are needed."""
        level, trend, seasons = self._smoothed(history)
        ahead = range(len(history), len(history) + steps)
        return [
            level + trend * step + seasons[position % self.season]
            for step, position in enumerate(ahead, start=1)
        ]

    def _smoothed(self, history: Sequence[float]) -> tuple[float, float, list[float]]:
        _need(history, 2 * self.season)
        first = fmean(history[: self.season])
        second = fmean(history[self.season : 2 * self.season])
        trend = (second - first) / self.season
        # The mean of a season is the level in its middle; the series starts half a season before.
        level = first - trend * (self.season + 1) / 2
        seasons = [history[i] - (level + trend * (i + 1)) for i in range(self.season)]
        for position, value in enumerate(history):
            seasonal = seasons[position % self.season]
            before, expected = level, level + trend
            level = self.alpha * (value - seasonal) + (1 - self.alpha) * expected
            trend = self.beta * (level - before) + (1 - self.beta) * trend
            remembered = (1 - self.gamma) * seasonal
            seasons[position % self.season] = self.gamma * (value - level) + remembered
        return level, trend, seasons
