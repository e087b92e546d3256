"""Balances of all accounts, which every other report is made from."""

from dataclasses import dataclass

from core import Money, Period
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.books import BASE
from backend.models import Account, JournalEntry, JournalLine

__all__ = ["Balance", "balances"]


@dataclass(frozen=True, slots=True)
class Balance:
    """An account with its debits and credits, both positive, in the books' minor units."""

    account: Account
    debit: int
    credit: int

    @property
    def minor(self) -> int:
        """The debit-positive balance."""
        return self.debit - self.credit

    @property
    def natural(self) -> int:
        """The balance as people read it: growth is positive."""
        return self.account.type.natural(Money(self.minor, BASE)).minor


def balances(session: Session, period: Period, *, with_closing: bool = True) -> list[Balance]:
    """Return the accounts that moved in a period, by code.

    ``with_closing=False`` leaves out closing entries, which would empty a year's profit.
    """
    amount = JournalLine.base_amount
    query = (
        select(
            Account,
            func.coalesce(func.sum(amount).filter(amount > 0), 0),
            func.coalesce(-func.sum(amount).filter(amount < 0), 0),
        )
        .join(JournalLine, JournalLine.account_id == Account.id)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalEntry.day.between(period.first, period.last))
        .group_by(Account.id)
        .order_by(Account.code)
    )
    if not with_closing:
        query = query.where(JournalEntry.kind != "closing")
    return [Balance(row[0], int(row[1]), int(row[2])) for row in session.execute(query)]
