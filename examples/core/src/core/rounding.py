"""Ways to round, and the one function that rounds a decimal to whole minor units."""

from __future__ import annotations

import decimal
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["Rounding", "to_multiple", "to_whole"]


class Rounding(Enum):
    """How a value between two neighbours chooses; the bookkeeper's default is HALF_UP."""

    HALF_UP = decimal.ROUND_HALF_UP
    HALF_EVEN = decimal.ROUND_HALF_EVEN
    UP = decimal.ROUND_UP
    DOWN = decimal.ROUND_DOWN


def to_whole(value: Decimal, rounding: Rounding) -> int:
    """Return the whole number next to ``value``."""
    return int(value.to_integral_value(rounding=rounding.value))


def to_multiple(value: Decimal, step: int, rounding: Rounding) -> int:
    """Return the multiple of ``step`` next to ``value``."""
    return to_whole(value / step, rounding) * step
