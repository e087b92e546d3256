"""Sharing money out so that the shares add up to the whole, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from core.errors import CoreError
from core.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["allocate", "split"]


def allocate(money: Money, weights: Sequence[int | Decimal]) -> tuple[Money, ...]:
    """Return one share per weight; the shares' sum is exactly ``money``.

    Cents that are left over go to the largest remainders (Hamilton's method), the first of equals.
    Raises CoreError when a weight is negative or none is positive.
    """
    if any(weight < 0 for weight in weights) or not any(weights):
        raise CoreError("weights must not be negative, and one of them must be positive")
    exact = [_exact_share(money, weight, sum(weights)) for weight in weights]
    shares = [int(share) for share in exact]
    # int() cuts towards zero, so what is left over has the sign of the money.
    left_over = abs(money.minor) - sum(abs(share) for share in shares)
    by_remainder = sorted(range(len(exact)), key=lambda i: abs(exact[i] % 1), reverse=True)
    for index in by_remainder[:left_over]:
        shares[index] += 1 if money.minor > 0 else -1
    return tuple(Money(share, money.currency) for share in shares)


def _exact_share(money: Money, weight: int | Decimal, whole: int | Decimal) -> Decimal:
    return money.minor * Decimal(weight) / Decimal(whole)


def split(money: Money, parts: int) -> tuple[Money, ...]:
    """Return ``parts`` shares that differ by one minor unit at most."""
    if parts < 1:
        raise CoreError(f"cannot split into {parts} parts")
    return allocate(money, [1] * parts)
