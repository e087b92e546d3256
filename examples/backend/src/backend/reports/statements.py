"""The two statements of a period: profit and loss, and the balance sheet."""

from dataclasses import dataclass
from datetime import date

from core import AccountType, Period
from sqlalchemy.orm import Session

from backend.reports.balances import Balance, balances

__all__ = ["BalanceSheet", "ProfitAndLoss", "balance_sheet", "profit_and_loss"]

# Before any books that could be kept in euros.
_BEGINNING = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    """Income and expenses of a period, both positive when they grew."""

    income: list[Balance]
    expenses: list[Balance]

    @property
    def profit(self) -> int:
        """What is left of the income; a loss is negative."""
        earned = sum(balance.natural for balance in self.income)
        return earned - sum(balance.natural for balance in self.expenses)


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """What is owned and owed on a day; ``profit`` is what no closing has moved to equity yet."""

    assets: list[Balance]
    liabilities: list[Balance]
    equity: list[Balance]
    profit: int

    @property
    def total_assets(self) -> int:
        """The sum of the left side."""
        return sum(balance.natural for balance in self.assets)

    @property
    def total_claims(self) -> int:
        """The sum of the right side, which equals the left."""
        owed = sum(balance.natural for balance in (*self.liabilities, *self.equity))
        return owed + self.profit


def profit_and_loss(session: Session, period: Period) -> ProfitAndLoss:
    """Return income and expenses of a period, closing entries aside."""
    found = balances(session, period, with_closing=False)
    return ProfitAndLoss(_of(found, AccountType.INCOME), _of(found, AccountType.EXPENSE))


def balance_sheet(session: Session, day: date) -> BalanceSheet:
    """Return what is owned and owed at the end of a day."""
    found = balances(session, Period(_BEGINNING, day))
    not_closed = -sum(balance.minor for balance in found if not balance.account.type.is_permanent)
    return BalanceSheet(
        _of(found, AccountType.ASSET),
        _of(found, AccountType.LIABILITY),
        _of(found, AccountType.EQUITY),
        not_closed,
    )


def _of(found: list[Balance], kind: AccountType) -> list[Balance]:
    return [balance for balance in found if balance.account.type is kind]
