"""Exchange rates to the books' currency, as ``core`` knows them."""

from datetime import date

from core import Rate, Rates, currency
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.books import BASE
from backend.models import ExchangeRate

__all__ = ["rates_until"]


def rates_until(session: Session, code: str, day: date) -> Rates:
    """Return the latest rate of a currency on or before a day, if there is one."""
    query = (
        select(ExchangeRate)
        .where(ExchangeRate.currency == code, ExchangeRate.day <= day)
        .order_by(ExchangeRate.day.desc())
        .limit(1)
    )
    rows = session.scalars(query)
    return Rates(tuple(Rate(currency(row.currency), BASE, row.day, row.value) for row in rows))
