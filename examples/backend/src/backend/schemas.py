"""The shapes of requests and answers; amounts are text with the currency's decimals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from core import AccountType
from pydantic import BaseModel, ConfigDict, Field

from backend.books import CurrencyCode, DecimalText, amount_text, base_text
from backend.models import BankTransaction, JournalEntry, JournalLine
from backend.reports.balances import Balance

__all__ = [
    "AccountChange",
    "AccountIn",
    "AccountOut",
    "AuditOut",
    "BalanceOut",
    "Booking",
    "BudgetIn",
    "Code",
    "EntryIn",
    "EntryOut",
    "ImportOut",
    "LineIn",
    "LineOut",
    "RateIn",
    "RateOut",
    "Reversal",
    "TransactionOut",
]

Code = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9.-]{0,19}$")]
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=4)]


class Request(BaseModel):
    """A body that someone sends; a misspelt field is an error."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Answer(BaseModel):
    """A body that is read from a row."""

    model_config = ConfigDict(from_attributes=True)


class AccountIn(Request):
    """An account to create."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=200)]
    type: AccountType
    parent: Code | None = None


class AccountChange(Request):
    """What may change about an account; what is left out stays."""

    name: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    archived: bool | None = None


class AccountOut(Answer):
    """An account."""

    id: int
    code: str
    name: str
    type: AccountType
    archived: bool


class LineIn(Request):
    """A line to post; a positive amount is a debit."""

    account: Code
    amount: Amount
    memo: Annotated[str, Field(max_length=200)] = ""


class EntryIn(Request):
    """An entry to post."""

    day: date
    text: Annotated[str, Field(min_length=1, max_length=500)]
    currency: CurrencyCode = "EUR"
    lines: list[LineIn]


class LineOut(BaseModel):
    """A line as it was posted."""

    account: str
    amount: str
    base_amount: str
    memo: str

    @classmethod
    def of(cls, line: JournalLine, currency: str) -> "LineOut":
        """Return the shape of a row."""
        return cls(
            account=line.account.code,
            amount=amount_text(line.amount, currency),
            base_amount=base_text(line.base_amount),
            memo=line.memo,
        )


class EntryOut(BaseModel):
    """An entry as it was posted."""

    id: int
    number: str
    day: date
    text: str
    currency: str
    kind: str
    reverses: int | None
    lines: list[LineOut]

    @classmethod
    def of(cls, entry: JournalEntry) -> "EntryOut":
        """Return the shape of a row."""
        return cls(
            id=entry.id,
            number=f"{entry.year}-{entry.number}",
            day=entry.day,
            text=entry.text,
            currency=entry.currency,
            kind=entry.kind,
            reverses=entry.reverses_id,
            lines=[LineOut.of(line, entry.currency) for line in entry.lines],
        )


class Reversal(Request):
    """The day on which an entry is taken back."""

    day: date


class RateIn(Request):
    """What one unit of a currency costs in the books' currency."""

    currency: CurrencyCode
    day: date
    value: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=8)]


class RateOut(Answer):
    """A rate with the day from which it holds."""

    currency: str
    day: date
    value: DecimalText


class BudgetIn(Request):
    """What an account is planned to move in a month."""

    account: Code
    year: Annotated[int, Field(ge=1900, le=9999)]
    month: Annotated[int, Field(ge=1, le=12)]
    amount: Amount


class ImportOut(Answer):
    """How many transactions a statement brought, and how many were known."""

    id: int
    format: str
    new: int
    known: int


class TransactionOut(BaseModel):
    """A transaction of a bank statement."""

    id: int
    booked_on: date
    amount: str
    currency: str
    counterparty: str
    purpose: str
    category: str
    entry: int | None

    @classmethod
    def of(cls, row: BankTransaction) -> "TransactionOut":
        """Return the shape of a row."""
        return cls(
            id=row.id,
            booked_on=row.booked_on,
            amount=amount_text(row.amount, row.currency),
            currency=row.currency,
            counterparty=row.counterparty,
            purpose=row.purpose,
            category=row.category,
            entry=row.entry_id,
        )


class Booking(Request):
    """The account that a transaction is booked against."""

    against: Code


class BalanceOut(BaseModel):
    """An account's balance as a report shows it."""

    account: str
    name: str
    amount: str

    @classmethod
    def of(cls, balance: Balance) -> "BalanceOut":
        """Return the shape of a balance, positive when the account grew."""
        return cls(
            account=balance.account.code,
            name=balance.account.name,
            amount=base_text(balance.natural),
        )


class AuditOut(Answer):
    """A record of the audit log."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
