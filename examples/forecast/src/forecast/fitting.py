"""Finding the smoothing that would have forecast the past best, by search over a grid."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from forecast.backtest import backtest
from forecast.models import ExponentialSmoothing, HoltWinters

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["fit_holt_winters", "fit_smoothing"]

# Tenths are as fine as a few years of months can tell apart.
_GRID = tuple(tenth / 10 for tenth in range(1, 10))
_COARSE_GRID = (0.1, 0.3, 0.5, 0.8)


def fit_smoothing(values: Sequence[float]) -> ExponentialSmoothing:
    """Return the exponential smoothing with the smallest one-step error."""
    candidates = [ExponentialSmoothing(alpha) for alpha in _GRID]
    return min(candidates, key=lambda model: backtest(model, values, first_origin=2).error)


def fit_holt_winters(values: Sequence[float], season: int = 12) -> HoltWinters:
    """Return the Holt-Winters model with the smallest one-step error.

    Raises ForecastError when the series is not longer than two seasons.
    """
    candidates = [
        HoltWinters(alpha, beta, gamma, season)
        for alpha, beta, gamma in product(_COARSE_GRID, repeat=3)
    ]
    return min(candidates, key=lambda model: backtest(model, values, 2 * season).error)
