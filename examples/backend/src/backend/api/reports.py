"""Reports over HTTP."""

from datetime import date
from typing import Annotated

from core import Period
from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from backend.books import base_text
from backend.database import DatabaseSession
from backend.ledger.accounts import account_by_code
from backend.reports.account_sheet import account_sheet, opening_balance
from backend.reports.balances import balances
from backend.reports.export import journal_csv
from backend.reports.statements import balance_sheet, profit_and_loss
from backend.schemas import BalanceOut

__all__ = ["router"]

router = APIRouter(prefix="/reports", tags=["reports"])


def _period(since: date, until: date) -> Period:
    return Period(since, until)


Span = Annotated[Period, Depends(_period)]


class TrialBalanceLine(BaseModel):
    """An account's debits, credits and balance."""

    account: str
    debit: str
    credit: str
    balance: str


class TrialBalance(BaseModel):
    """All accounts that moved; both totals are equal."""

    lines: list[TrialBalanceLine]
    debit: str
    credit: str


class ProfitAndLossOut(BaseModel):
    """Income, expenses and what is left."""

    income: list[BalanceOut]
    expenses: list[BalanceOut]
    profit: str


class BalanceSheetOut(BaseModel):
    """What is owned and owed; both totals are equal."""

    assets: list[BalanceOut]
    liabilities: list[BalanceOut]
    equity: list[BalanceOut]
    profit: str
    total_assets: str
    total_claims: str


class SheetLineOut(BaseModel):
    """A line of one account with the balance after it."""

    entry: int
    day: date
    text: str
    amount: str
    balance: str


class AccountSheetOut(BaseModel):
    """One account's lines in a period."""

    opening: str
    lines: list[SheetLineOut]


@router.get("/trial-balance")
def trial_balance(span: Span, session: DatabaseSession) -> TrialBalance:
    """Return debits and credits of every account in a period."""
    found = balances(session, span)
    lines = [
        TrialBalanceLine(
            account=balance.account.code,
            debit=base_text(balance.debit),
            credit=base_text(balance.credit),
            balance=base_text(balance.minor),
        )
        for balance in found
    ]
    return TrialBalance(
        lines=lines,
        debit=base_text(sum(balance.debit for balance in found)),
        credit=base_text(sum(balance.credit for balance in found)),
    )


@router.get("/profit-and-loss")
def income_statement(span: Span, session: DatabaseSession) -> ProfitAndLossOut:
    """Return income and expenses of a period."""
    found = profit_and_loss(session, span)
    return ProfitAndLossOut(
        income=[BalanceOut.of(balance) for balance in found.income],
        expenses=[BalanceOut.of(balance) for balance in found.expenses],
        profit=base_text(found.profit),
    )


@router.get("/balance-sheet")
def position(day: date, session: DatabaseSession) -> BalanceSheetOut:
    """Return what is owned and owed at the end of a day."""
    found = balance_sheet(session, day)
    return BalanceSheetOut(
        assets=[BalanceOut.of(balance) for balance in found.assets],
        liabilities=[BalanceOut.of(balance) for balance in found.liabilities],
        equity=[BalanceOut.of(balance) for balance in found.equity],
        profit=base_text(found.profit),
        total_assets=base_text(found.total_assets),
        total_claims=base_text(found.total_claims),
    )


@router.get("/accounts/{code}")
def sheet(code: str, span: Span, session: DatabaseSession) -> AccountSheetOut:
    """Return one account's lines in a period."""
    account = account_by_code(session, code)
    lines = [
        SheetLineOut(
            entry=found.entry.id,
            day=found.entry.day,
            text=found.entry.text,
            amount=base_text(found.line.base_amount),
            balance=base_text(found.balance),
        )
        for found in account_sheet(session, account, span)
    ]
    return AccountSheetOut(opening=base_text(opening_balance(session, account, span)), lines=lines)


@router.get("/journal.csv", response_class=PlainTextResponse)
def journal(span: Span, session: DatabaseSession) -> PlainTextResponse:
    """Return the journal of a period as CSV."""
    text = "".join(journal_csv(session, span))
    return PlainTextResponse(text, media_type="text/csv")
