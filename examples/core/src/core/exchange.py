"""Exchange rates by day, and the conversion of money with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import CoreError, CurrencyMismatchError, MissingRateError
from core.money import Money
from core.rounding import Rounding

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from core.currency import Currency

__all__ = ["Rate", "Rates"]


@dataclass(frozen=True, slots=True)
class Rate:
    """On ``day``, one major unit of ``base`` costs ``value`` major units of ``quote``."""

    base: Currency
    quote: Currency
    day: date
    value: Decimal

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise CoreError(f"found rate {self.value}, expected more than 0")

    @property
    def inverse(self) -> Rate:
        """The same rate, seen from the other currency."""
        return Rate(self.quote, self.base, self.day, 1 / self.value)

    def convert(self, money: Money, rounding: Rounding = Rounding.HALF_UP) -> Money:
        """Return what ``money``, which must be in the base currency, is worth in the quote."""
        if money.currency != self.base:
            raise CurrencyMismatchError(f"found {money.currency} where {self.base} was expected")
        return Money.of(money.amount * self.value, self.quote, rounding)


@dataclass(frozen=True, slots=True)
class Rates:
    """Known rates; the latest on or before a day is the one that holds."""

    known: tuple[Rate, ...] = ()

    def on(self, base: Currency, quote: Currency, day: date) -> Rate:
        """Return the rate that holds on a day, inverted when only the other way is known.

        Raises MissingRateError when there is none on or before that day.
        """
        both_ways = [*self.known, *(rate.inverse for rate in self.known)]
        fitting = [
            rate
            for rate in both_ways
            if (rate.base, rate.quote) == (base, quote) and rate.day <= day
        ]
        if not fitting:
            raise MissingRateError(f"no rate from {base} to {quote} on or before {day}")
        return max(fitting, key=lambda rate: rate.day)

    def convert(self, money: Money, quote: Currency, day: date) -> Money:
        """Return what ``money`` is worth in another currency on a day."""
        if money.currency == quote:
            return money
        return self.on(money.currency, quote, day).convert(money)
