"""One account's lines in order, with the balance after each."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from core import Period
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.models import Account, JournalEntry, JournalLine

__all__ = ["SheetLine", "account_sheet", "opening_balance"]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line with the entry that it belongs to and the balance that it led to."""

    line: JournalLine
    entry: JournalEntry
    balance: int


def opening_balance(session: Session, account: Account, period: Period) -> int:
    """Return the balance before the period's first day."""
    query = (
        select(func.coalesce(func.sum(JournalLine.base_amount), 0))
        .join(JournalLine.entry)
        .where(JournalLine.account_id == account.id, JournalEntry.day < period.first)
    )
    return int(session.execute(query).scalar_one())


def account_sheet(session: Session, account: Account, period: Period) -> Iterator[SheetLine]:
    """Yield the account's lines in a period, the earliest first."""
    query = (
        select(JournalLine, JournalEntry)
        .join(JournalLine.entry)
        .where(JournalLine.account_id == account.id)
        .where(JournalEntry.day.between(period.first, period.last))
        .order_by(JournalEntry.day, JournalEntry.id, JournalLine.position)
    )
    rows = session.execute(query).all()
    amounts = (line.base_amount for line, _ in rows)
    after = accumulate(amounts, initial=opening_balance(session, account, period))
    next(after)
    for (line, entry), balance in zip(rows, after, strict=True):
        yield SheetLine(line, entry, balance)
