"""The nouns of double entry: accounts and their kinds, lines, and entries that balance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import UnbalancedEntryError
from core.money import Money, total

if TYPE_CHECKING:
    from datetime import date

    from core.currency import Currency

__all__ = ["Account", "AccountType", "Entry", "Line", "Side"]


class Side(StrEnum):
    """The two columns of an account."""

    DEBIT = "debit"
    CREDIT = "credit"


class AccountType(StrEnum):
    """What an account stands for, which decides where it is reported."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"

    @property
    def normal_side(self) -> Side:
        """The side on which an account of this kind grows."""
        return Side.DEBIT if self in (AccountType.ASSET, AccountType.EXPENSE) else Side.CREDIT

    @property
    def is_permanent(self) -> bool:
        """Whether the balance is carried over the end of a year."""
        return self not in (AccountType.INCOME, AccountType.EXPENSE)

    def natural(self, balance: Money) -> Money:
        """Return a debit-positive balance as people read it: growth is positive."""
        return balance if self.normal_side is Side.DEBIT else -balance


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An account of the chart; its code orders it."""

    code: str
    name: str
    type: AccountType


@dataclass(frozen=True, slots=True)
class Line:
    """One amount on one account; positive is a debit, negative a credit."""

    account: Account
    amount: Money

    @property
    def side(self) -> Side:
        """The column in which the line is written."""
        return Side.DEBIT if self.amount.minor > 0 else Side.CREDIT


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking: two lines or more, in one currency, whose sum is zero.

    Raises UnbalancedEntryError or CurrencyMismatchError when they are not.
    """

    day: date
    text: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if len(self.lines) < 2:
            raise UnbalancedEntryError(f"an entry has two lines or more, found {len(self.lines)}")
        if not all(line.amount for line in self.lines):
            raise UnbalancedEntryError("an entry has no lines of zero")
        difference = total((line.amount for line in self.lines), self.currency)
        if difference:
            raise UnbalancedEntryError(f"debits and credits differ by {difference}")

    @property
    def currency(self) -> Currency:
        """The currency that all lines share."""
        return self.lines[0].amount.currency

    def reversed_on(self, day: date) -> Entry:
        """Return the entry that takes this one back."""
        lines = tuple(Line(line.account, -line.amount) for line in self.lines)
        return Entry(day, f"Reversal: {self.text}", lines)
