"""Exchange rates over HTTP."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from core import Money, currency
from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend import audit
from backend.books import BASE, CurrencyCode
from backend.database import DatabaseSession
from backend.errors import RefusedError
from backend.ledger.rates import rates_until
from backend.models import ExchangeRate
from backend.schemas import RateIn, RateOut

__all__ = ["router"]

router = APIRouter(prefix="/rates", tags=["rates"])


@router.put("")
def put(body: RateIn, session: DatabaseSession, actor: audit.Actor = "anonymous") -> RateOut:
    """Set the rate of a currency from a day on; the same day is replaced."""
    if body.currency == BASE.code:
        raise RefusedError("base-currency", f"books are kept in {BASE}, which has no rate")
    statement = insert(ExchangeRate).values(body.model_dump())
    key = [ExchangeRate.currency, ExchangeRate.day]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_={"value": body.value}))
    subject = f"rate/{body.currency}/{body.day}"
    audit.record(session, actor, "set", subject, value=str(body.value))
    session.commit()
    return RateOut(currency=body.currency, day=body.day, value=body.value)


@router.get("/{code}")
def history(code: CurrencyCode, session: DatabaseSession) -> list[RateOut]:
    """List the rates of a currency, the latest first."""
    query = select(ExchangeRate).where(ExchangeRate.currency == code)
    rows = session.scalars(query.order_by(ExchangeRate.day.desc()))
    return [RateOut.model_validate(row) for row in rows]


@router.get("/{code}/conversion")
def convert(
    code: CurrencyCode,
    amount: Annotated[Decimal, Query(max_digits=18)],
    day: date,
    session: DatabaseSession,
) -> dict[str, str]:
    """Return what an amount was worth in the books' currency on a day."""
    money = Money.of(amount, currency(code))
    worth = rates_until(session, code, day).convert(money, BASE, day)
    return {"amount": str(worth.amount), "currency": BASE.code}
