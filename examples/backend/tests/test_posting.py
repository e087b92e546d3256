"""Posting without HTTP: what a session holds before anybody commits."""

from datetime import date
from decimal import Decimal

import pytest
from backend.errors import ConflictError, NotFoundError
from backend.ledger.accounts import balance_of, create_account
from backend.ledger.posting import Draft, DraftLine, entry_by_id, post
from backend.models import Account, JournalEntry
from core import AccountType, UnbalancedEntryError
from sqlalchemy import func, select
from sqlalchemy.orm import Session


@pytest.fixture
def bank(session: Session) -> Account:
    create_account(session, "2", "Capital", AccountType.EQUITY, None)
    return create_account(session, "1", "Bank", AccountType.ASSET, None)


def draft(amount: str = "5", credit: str | None = None) -> Draft:
    lines = (DraftLine("1", Decimal(amount)), DraftLine("2", -Decimal(credit or amount)))
    return Draft(date(2024, 5, 17), "Deposit", "EUR", lines)


def test_an_entry_can_be_read_before_the_commit(session: Session, bank: Account) -> None:
    entry = post(session, draft())
    assert entry_by_id(session, entry.id) is entry
    assert balance_of(session, bank) == 500


def test_a_rollback_leaves_nothing(session: Session, bank: Account) -> None:
    post(session, draft())
    session.rollback()
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == 0


@pytest.mark.usefixtures("bank")
def test_an_unbalanced_draft_adds_nothing_to_the_session(session: Session) -> None:
    with pytest.raises(UnbalancedEntryError):
        post(session, draft("5", credit="4"))
    assert not session.new


def test_an_archived_account_is_refused(session: Session, bank: Account) -> None:
    bank.archived = True
    with pytest.raises(ConflictError, match="account `1` is archived"):
        post(session, draft())


def test_an_unknown_entry_is_an_error(session: Session) -> None:
    with pytest.raises(NotFoundError, match="there is no entry -1"):
        entry_by_id(session, -1)


@pytest.mark.usefixtures("bank")
def test_two_hundred_entries_in_one_transaction_are_numbered_in_order(session: Session) -> None:
    numbers = [post(session, draft(str(amount))).number for amount in range(1, 201)]
    assert numbers == list(range(1, 201))
