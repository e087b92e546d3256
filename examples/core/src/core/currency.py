"""Currencies by their ISO 4217 code, with the number of decimals that each is kept in."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import UnknownCurrencyError

__all__ = ["Currency", "currency"]


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency; ``exponent`` is how many decimals its minor unit has.

    ``cash_step`` is the smallest amount that coins can pay, in minor units.
    """

    code: str
    exponent: int
    cash_step: int = 1

    @property
    def units(self) -> int:
        """How many minor units make one major unit."""
        units: int = 10**self.exponent
        return units

    def __str__(self) -> str:
        return self.code


_REGISTRY = {
    known.code: known
    for known in (
        Currency("AUD", 2, cash_step=5),
        Currency("BHD", 3),
        Currency("CAD", 2, cash_step=5),
        Currency("CHF", 2, cash_step=5),
        Currency("CLF", 4),
        Currency("DKK", 2, cash_step=50),
        Currency("EUR", 2),
        Currency("GBP", 2),
        Currency("ISK", 0),
        Currency("JPY", 0),
        Currency("KWD", 3),
        Currency("NOK", 2, cash_step=100),
        Currency("PLN", 2),
        Currency("SEK", 2, cash_step=100),
        Currency("TND", 3),
        Currency("USD", 2),
    )
}


def currency(code: str) -> Currency:
    """Return the currency of an ISO 4217 code, in either case.

    Raises UnknownCurrencyError when the registry does not hold it.
    """
    try:
        return _REGISTRY[code.upper()]
    except KeyError:
        raise UnknownCurrencyError(f"`{code}` is no currency that we keep books in") from None
