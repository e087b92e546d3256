"""Quantiles of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.errors import ForecastError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["quantile"]


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of an ordered sample lies.

    Between two values it is interpolated (Hyndman and Fan's definition 7). Raises ForecastError for
    an empty sample or a share outside 0 to 1.
    """
    if not ordered or not 0 <= share <= 1:
        raise ForecastError(f"found {len(ordered)} values and a share of {share}")
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])
