"""Money: an exact amount in one currency.

The amount is kept as a whole number of minor units, so that no sum can lose a cent; decimals come
in through ``Money.of`` and leave through ``amount``.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from core.errors import CurrencyMismatchError, PrecisionError
from core.rounding import Rounding, to_multiple, to_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.currency import Currency

__all__ = ["Money", "total"]


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """So many minor units of a currency; debits are positive, credits negative."""

    minor: int
    currency: Currency

    @classmethod
    def of(
        cls, amount: Decimal | int | str, currency: Currency, rounding: Rounding | None = None
    ) -> Money:
        """Return the money that a decimal amount means.

        Raises PrecisionError when the amount has more decimals than the currency and no rounding
        was chosen: a cent that vanishes has to vanish on purpose.
        """
        exact = Decimal(amount) * currency.units
        if rounding is None and exact != int(exact):
            raise PrecisionError(
                f"{amount} has more than {currency.exponent} decimals of {currency}"
            )
        return cls(to_whole(exact, rounding or Rounding.HALF_UP), currency)

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        """Return nothing, in a currency."""
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals."""
        return Decimal(self.minor).scaleb(-self.currency.exponent)

    def times(self, factor: Decimal | int, rounding: Rounding = Rounding.HALF_UP) -> Money:
        """Return this money multiplied, rounded to whole minor units."""
        return Money(to_whole(self.minor * Decimal(factor), rounding), self.currency)

    def in_cash(self, rounding: Rounding = Rounding.HALF_UP) -> Money:
        """Return the nearest amount that coins can pay."""
        step = self.currency.cash_step
        return Money(to_multiple(Decimal(self.minor), step, rounding), self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(
                f"found {other.currency} where {self.currency} was expected"
            )
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total(amounts: Iterable[Money], currency: Currency) -> Money:
    """Return the sum of amounts that must all be in ``currency``."""
    return sum(amounts, start=Money.zero(currency))
