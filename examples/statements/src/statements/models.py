"""A statement and its transactions, whatever format they came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import Money, Period, total

from statements.errors import IncompleteStatementError

if TYPE_CHECKING:
    from datetime import date

    from core import Currency

__all__ = ["Statement", "Transaction"]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement on a bank account; money that came in is positive."""

    booked_on: date
    amount: Money
    counterparty: str
    purpose: str
    reference: str = ""

    @property
    def text(self) -> str:
        """All words of the transaction, for rules that search it."""
        return " ".join(part for part in (self.counterparty, self.purpose) if part)


@dataclass(frozen=True, slots=True)
class Statement:
    """The transactions of one account; balances are None where the format has none."""

    account: str
    currency: Currency
    transactions: tuple[Transaction, ...]
    opening: Money | None = None
    closing: Money | None = None

    @property
    def period(self) -> Period | None:
        """The days that the transactions span, or None without transactions."""
        days = [transaction.booked_on for transaction in self.transactions]
        return Period(min(days), max(days)) if days else None

    @property
    def turnover(self) -> Money:
        """The sum of all transactions."""
        return total((transaction.amount for transaction in self.transactions), self.currency)

    def verified(self) -> Statement:
        """Return this statement if its balances agree with its transactions.

        Raises IncompleteStatementError when a transaction must be missing.
        """
        if self.opening is not None and self.closing is not None:
            missing = self.closing - self.opening - self.turnover
            if missing:
                raise IncompleteStatementError(f"transactions worth {missing} are missing")
        return self
