"""The tables. Amounts are minor units of their currency; debits are positive, credits negative."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core import AccountType
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "Account",
    "AuditRecord",
    "BankTransaction",
    "Base",
    "Budget",
    "ClosedPeriod",
    "ExchangeRate",
    "IdempotencyRecord",
    "JournalEntry",
    "JournalLine",
    "NumberSequence",
    "StatementImport",
]


class Base(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        int: BigInteger,
        dict[str, Any]: JSONB,
        datetime: TIMESTAMP(timezone=True),
    }


class Account(Base):
    """An account of the chart; accounts with the same parent form a group."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[AccountType]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    archived: Mapped[bool] = mapped_column(default=False)

    parent: Mapped["Account | None"] = relationship(remote_side="Account.id")


class NumberSequence(Base):
    """The last entry number of a year; its row lock makes numbers gapless."""

    __tablename__ = "number_sequence"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class JournalEntry(Base):
    """A booking; entries are never changed, only reversed."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_journal_entry_day", "day"),
        CheckConstraint("kind in ('normal', 'reversal', 'closing')", name="kind_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    day: Mapped[date]
    text: Mapped[str] = mapped_column(String(500))
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(10), default="normal")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    lines: Mapped[list["JournalLine"]] = relationship(
        back_populates="entry", order_by="JournalLine.position", lazy="selectin"
    )


class JournalLine(Base):
    """One amount on one account, in the entry's currency and in the currency of the books."""

    __tablename__ = "journal_line"
    __table_args__ = (
        UniqueConstraint("entry_id", "position"),
        CheckConstraint("amount <> 0", name="amount_is_not_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    position: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    amount: Mapped[int]
    base_amount: Mapped[int]
    memo: Mapped[str] = mapped_column(String(200), default="")

    entry: Mapped[JournalEntry] = relationship(back_populates="lines")
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class ClosedPeriod(Base):
    """A month that takes no more entries; a month without a row is open."""

    __tablename__ = "closed_period"
    __table_args__ = (CheckConstraint("month between 1 and 12", name="month_exists"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    closed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ExchangeRate(Base):
    """What one unit of a currency costs in the currency of the books, from a day on."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("value > 0", name="value_is_positive"),)

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[Decimal] = mapped_column(Numeric(18, 8))


class Budget(Base):
    """What an account is planned to move in a month."""

    __tablename__ = "budget"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int]


class StatementImport(Base):
    """A bank statement that was read, with what it brought."""

    __tablename__ = "statement_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    format: Mapped[str] = mapped_column(String(10))
    new: Mapped[int]
    known: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BankTransaction(Base):
    """A transaction of a statement; it waits until an entry books it."""

    __tablename__ = "bank_transaction"
    __table_args__ = (UniqueConstraint("account_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("statement_import.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    fingerprint: Mapped[str] = mapped_column(String(32))
    booked_on: Mapped[date]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    counterparty: Mapped[str]
    purpose: Mapped[str]
    category: Mapped[str] = mapped_column(String(50))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)


class IdempotencyRecord(Base):
    """The answer that a key was given, so that a repeated request gets it again."""

    __tablename__ = "idempotency_record"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None]


class AuditRecord(Base):
    """Who did what to which subject, written in the transaction that did it."""

    __tablename__ = "audit_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(50), index=True)
    subject: Mapped[str] = mapped_column(String(100), index=True)
    detail: Mapped[dict[str, Any]]
