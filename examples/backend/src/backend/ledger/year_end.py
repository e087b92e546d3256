"""Closing a year: income and expenses move to retained earnings."""

from datetime import date

from core import AccountType, Money, fiscal_year
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.books import BASE
from backend.errors import ConflictError, RefusedError
from backend.ledger.accounts import account_by_code
from backend.ledger.posting import Draft, DraftLine, post
from backend.models import JournalEntry
from backend.reports.balances import balances

__all__ = ["close_year"]


def close_year(session: Session, year: int, earnings_code: str) -> JournalEntry:
    """Write the closing entry of a year and return it.

    Raises ConflictError when it was written before, RefusedError when there is nothing to close or
    the earnings' account is not equity.
    """
    earnings = account_by_code(session, earnings_code)
    if earnings.type is not AccountType.EQUITY:
        raise RefusedError("not-equity", f"`{earnings_code}` is of type {earnings.type}")
    if session.scalar(
        select(exists().where(JournalEntry.kind == "closing", JournalEntry.year == year))
    ):
        raise ConflictError("year-closed", f"{year} was closed before")
    moved = [
        balance
        for balance in balances(session, fiscal_year(year))
        if not balance.account.type.is_permanent and balance.minor
    ]
    if not moved:
        raise RefusedError("nothing-to-close", f"no income and no expenses in {year}")
    lines = [
        DraftLine(balance.account.code, Money(-balance.minor, BASE).amount) for balance in moved
    ]
    profit = Money(sum(balance.minor for balance in moved), BASE)
    if profit:
        lines.append(DraftLine(earnings_code, profit.amount))
    draft = Draft(date(year, 12, 31), f"Closing {year}", BASE.code, tuple(lines), "closing")
    return post(session, draft)
