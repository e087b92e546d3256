"""How far a forecast was off."""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING

from forecast.errors import ForecastError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["mae", "mape", "mase", "rmse"]


def _errors(actual: Sequence[float], forecast: Sequence[float]) -> list[float]:
    if len(actual) != len(forecast) or not actual:
        raise ForecastError(f"found {len(actual)} values and {len(forecast)} forecasts")
    return [one - other for one, other in zip(actual, forecast, strict=True)]


def mae(actual: Sequence[float], forecast: Sequence[float]) -> float:
    """Return the mean absolute error, in the unit of the values."""
    return fmean(abs(error) for error in _errors(actual, forecast))


def rmse(actual: Sequence[float], forecast: Sequence[float]) -> float:
    """Return the root of the mean squared error, which punishes a single large miss."""
    return math.sqrt(fmean(error**2 for error in _errors(actual, forecast)))


def mape(actual: Sequence[float], forecast: Sequence[float]) -> float:
    """Return the mean error as a share of the values; months of 0 do not count.

    Raises ForecastError when all values are 0.
    """
    errors = _errors(actual, forecast)
    shares = [abs(error / value) for error, value in zip(errors, actual, strict=True) if value]
    if not shares:
        raise ForecastError("found only zeros, whose error is no share of them")
    return fmean(shares)


def mase(actual: Sequence[float], forecast: Sequence[float], history: Sequence[float]) -> float:
    """Return the error against the naive forecast's on ``history``: below 1 is better than that.

    After Hyndman and Koehler, 2006. Raises ForecastError when the history never changed.
    """
    naive = mae(history[1:], history[:-1])
    if not naive:
        raise ForecastError("found a history that never changed")
    return mae(actual, forecast) / naive
