"""Months that are closed, in order and without gap behind the books' start."""

from datetime import date

from core import Period, month, month_of
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.errors import ConflictError
from backend.models import ClosedPeriod, JournalEntry

__all__ = ["close_month", "closed_months", "ensure_open", "reopen_month"]


def ensure_open(session: Session, day: date) -> None:
    """Raise ConflictError when the month of ``day`` takes no more entries."""
    if session.get(ClosedPeriod, (day.year, day.month)) is not None:
        raise ConflictError("period-closed", f"{day:%Y-%m} is closed")


def closed_months(session: Session) -> list[Period]:
    """Return the closed months, the earliest first."""
    rows = session.scalars(select(ClosedPeriod).order_by(ClosedPeriod.year, ClosedPeriod.month))
    return [month(row.year, row.month) for row in rows]


def close_month(session: Session, period: Period) -> None:
    """Close a month; entries of earlier months that are still open prevent it."""
    closed = closed_months(session)
    if period in closed:
        raise ConflictError("period-closed", f"{period.first:%Y-%m} is closed already")
    earliest = session.scalar(select(func.min(JournalEntry.day)))
    if earliest is not None and earliest < period.first:
        for earlier in Period(month_of(earliest).first, period.first).months():
            if earlier != period and earlier not in closed:
                raise ConflictError("period-open", f"{earlier.first:%Y-%m} is still open")
    session.add(ClosedPeriod(year=period.first.year, month=period.first.month))


def reopen_month(session: Session, period: Period) -> None:
    """Open the last closed month again, or raise ConflictError for any other."""
    closed = closed_months(session)
    if not closed or period != closed[-1]:
        raise ConflictError("not-last-closed", "only the last closed month can be opened again")
    key = (period.first.year, period.first.month)
    session.delete(session.get_one(ClosedPeriod, key))
