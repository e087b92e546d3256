"""Posting entries: checked by ``core``, numbered, and kept in two currencies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import core
from core import Money, allocate, currency
from sqlalchemy.orm import Session

from backend.books import BASE
from backend.errors import ConflictError, NotFoundError
from backend.ledger.accounts import account_by_code
from backend.ledger.numbering import next_number
from backend.ledger.periods import ensure_open
from backend.ledger.rates import rates_until
from backend.models import Account, JournalEntry, JournalLine

__all__ = ["Draft", "DraftLine", "entry_by_id", "post"]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as someone asks for it; a positive amount is a debit."""

    account_code: str
    amount: Decimal
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that nobody has checked yet."""

    day: date
    text: str
    currency: str
    lines: tuple[DraftLine, ...]
    kind: str = "normal"


def post(session: Session, draft: Draft) -> JournalEntry:
    """Check a draft and write it as an entry.

    Raises ConflictError for a closed month or an archived account, and what ``core`` raises for
    lines that do not balance.
    """
    ensure_open(session, draft.day)
    accounts = [_open_account(session, line.account_code) for line in draft.lines]
    unit = currency(draft.currency)
    amounts = [Money.of(line.amount, unit) for line in draft.lines]
    _ensure_balanced(draft, accounts, amounts)
    base_amounts = _in_base(session, amounts, draft.day)
    entry = JournalEntry(
        year=draft.day.year,
        number=next_number(session, draft.day.year),
        day=draft.day,
        text=draft.text,
        currency=unit.code,
        kind=draft.kind,
    )
    for position, line in enumerate(draft.lines):
        entry.lines.append(
            JournalLine(
                position=position,
                account=accounts[position],
                amount=amounts[position].minor,
                base_amount=base_amounts[position].minor,
                memo=line.memo,
            )
        )
    session.add(entry)
    session.flush()
    return entry


def _open_account(session: Session, code: str) -> Account:
    account = account_by_code(session, code)
    if account.archived:
        raise ConflictError("account-archived", f"account `{code}` is archived")
    return account


def _ensure_balanced(draft: Draft, accounts: Sequence[Account], amounts: Sequence[Money]) -> None:
    lines = tuple(
        core.Line(core.Account(account.code, account.name, account.type), amount)
        for account, amount in zip(accounts, amounts, strict=True)
    )
    core.Entry(draft.day, draft.text, lines)


def _in_base(session: Session, amounts: Sequence[Money], day: date) -> Sequence[Money]:
    """Return the amounts in the books' currency; they balance there, too.

    Each line converted on its own could leave a cent between debits and credits, so each side's sum
    is converted once and shared out.
    """
    unit = amounts[0].currency
    if unit == BASE:
        return amounts
    debits = [amount for amount in amounts if amount.minor > 0]
    rates = rates_until(session, unit.code, day)
    whole = rates.convert(core.total(debits, unit), BASE, day)
    debit_shares = iter(allocate(whole, [amount.minor for amount in debits]))
    owed = [-amount.minor for amount in amounts if amount.minor < 0]
    credit_shares = iter(allocate(-whole, owed))
    return [next(debit_shares if amount.minor > 0 else credit_shares) for amount in amounts]


def entry_by_id(session: Session, entry_id: int) -> JournalEntry:
    """Return an entry, or raise NotFoundError."""
    entry = session.get(JournalEntry, entry_id)
    if entry is None:
        raise NotFoundError("no-such-entry", f"there is no entry {entry_id}")
    return entry
