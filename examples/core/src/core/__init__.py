"""The words of accounting that every project here shares: money, periods, double entry."""

from core.allocation import allocate, split
from core.currency import Currency, currency
from core.errors import (
    CoreError,
    CurrencyMismatchError,
    MissingRateError,
    NotationError,
    PrecisionError,
    UnbalancedEntryError,
    UnknownCurrencyError,
)
from core.exchange import Rate, Rates
from core.journal import Journal
from core.models import Account, AccountType, Entry, Line, Side
from core.money import Money, total
from core.notation import ENGLISH, GERMAN, SWISS, Notation
from core.periods import Period, fiscal_year, month, month_of, quarter
from core.rounding import Rounding

__all__ = [
    "ENGLISH",
    "GERMAN",
    "SWISS",
    "Account",
    "AccountType",
    "CoreError",
    "Currency",
    "CurrencyMismatchError",
    "Entry",
    "Journal",
    "Line",
    "MissingRateError",
    "Money",
    "Notation",
    "NotationError",
    "Period",
    "PrecisionError",
    "Rate",
    "Rates",
    "Rounding",
    "Side",
    "UnbalancedEntryError",
    "UnknownCurrencyError",
    "allocate",
    "currency",
    "fiscal_year",
    "month",
    "month_of",
    "quarter",
    "split",
    "total",
]
