"""Budgets over HTTP."""

from typing import Annotated

from core import Money, month
from fastapi import APIRouter, Path, status
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert

from backend import audit
from backend.books import BASE, base_text
from backend.database import DatabaseSession
from backend.errors import RefusedError
from backend.ledger.accounts import account_by_code
from backend.models import Budget
from backend.reports.budgets import Variance, variances
from backend.schemas import BudgetIn

__all__ = ["router"]

router = APIRouter(prefix="/budgets", tags=["budgets"])


class VarianceOut(BaseModel):
    """Plan against fact for one account."""

    account: str
    planned: str
    actual: str
    difference: str

    @classmethod
    def of(cls, variance: Variance) -> "VarianceOut":
        """Return the shape of a variance."""
        return cls(
            account=variance.account.code,
            planned=base_text(variance.planned),
            actual=base_text(variance.actual),
            difference=base_text(variance.difference),
        )


@router.put("", status_code=status.HTTP_204_NO_CONTENT)
def put(body: BudgetIn, session: DatabaseSession, actor: audit.Actor = "anonymous") -> None:
    """Plan a month of an account; the same month is replaced."""
    account = account_by_code(session, body.account)
    if account.type.is_permanent:
        raise RefusedError("not-planned", f"`{account.code}` has neither income nor expenses")
    values = {
        "account_id": account.id,
        "year": body.year,
        "month": body.month,
        "amount": Money.of(body.amount, BASE).minor,
    }
    statement = insert(Budget).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Budget.account_id, Budget.year, Budget.month],
            set_={"amount": values["amount"]},
        )
    )
    subject = f"budget/{account.code}/{body.year}-{body.month:02}"
    audit.record(session, actor, "plan", subject, amount=str(body.amount))
    session.commit()


@router.get("/{year}/{number}")
def show(
    year: Annotated[int, Path(ge=1900, le=9999)],
    number: Annotated[int, Path(ge=1, le=12)],
    session: DatabaseSession,
) -> list[VarianceOut]:
    """Return plan against fact of a month."""
    return [VarianceOut.of(variance) for variance in variances(session, month(year, number))]
