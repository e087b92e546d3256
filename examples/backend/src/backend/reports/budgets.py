"""Plan against fact, per account of a month."""

from dataclasses import dataclass

from core import Period
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Account, Budget
from backend.reports.balances import balances

__all__ = ["Variance", "variances"]


@dataclass(frozen=True, slots=True)
class Variance:
    """What was planned and what happened, both as people read them."""

    account: Account
    planned: int
    actual: int

    @property
    def difference(self) -> int:
        """How much more happened than was planned."""
        return self.actual - self.planned


def variances(session: Session, month: Period) -> list[Variance]:
    """Return the variance of every account that was planned or moved in a month, by code."""
    query = (
        select(Account, Budget.amount)
        .join(Budget, Budget.account_id == Account.id)
        .where(Budget.year == month.first.year, Budget.month == month.first.month)
    )
    planned = {row[0]: row[1] for row in session.execute(query)}
    moved = balances(session, month, with_closing=False)
    actual = {
        balance.account: balance.natural
        for balance in moved
        if not balance.account.type.is_permanent
    }
    return [
        Variance(account, planned.get(account, 0), actual.get(account, 0))
        for account in sorted({*planned, *actual}, key=lambda account: account.code)
    ]
