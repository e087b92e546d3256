"""Trying models on the past: forecast from every origin, then compare with what came."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from forecast.accuracy import mae
from forecast.errors import ForecastError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forecast.models import Model

__all__ = ["Backtest", "backtest", "best_model"]


@dataclass(frozen=True, slots=True)
class Backtest:
    """The mean absolute error from each origin, the earliest first."""

    errors: tuple[float, ...]

    @property
    def error(self) -> float:
        """The mean over all origins."""
        return fmean(self.errors)


def backtest(model: Model, values: Sequence[float], first_origin: int, steps: int = 1) -> Backtest:
    """Return how a model did, knowing ``first_origin`` values at first and one more each time.

    Raises ForecastError when the series leaves nothing to compare with.
    """
    origins = range(first_origin, len(values) - steps + 1)
    if not origins:
        raise ForecastError(f"found {len(values)} values, expected {first_origin + steps} at least")
    return Backtest(
        tuple(
            mae(values[origin : origin + steps], model.forecast(values[:origin], steps))
            for origin in origins
        )
    )


def best_model(
    models: Mapping[str, Model], values: Sequence[float], first_origin: int, steps: int = 1
) -> str:
    """Return the name of the model with the smallest error; of equals, the one named first."""
    return min(models, key=lambda name: backtest(models[name], values, first_origin, steps).error)
