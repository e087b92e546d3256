"""What the database itself refuses, whoever writes to it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from backend.models import (
    Account,
    BankTransaction,
    Base,
    Budget,
    ClosedPeriod,
    ExchangeRate,
    JournalEntry,
    JournalLine,
    StatementImport,
)
from core import AccountType
from sqlalchemy import inspect, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session


@pytest.fixture
def account(session: Session) -> Account:
    created = Account(code="1", name="Bank", type=AccountType.ASSET)
    session.add(created)
    session.commit()
    return created


def new_entry(**changes: Any) -> JournalEntry:
    values = {"year": 2024, "number": 1, "day": date(2024, 5, 17), "text": "x", "currency": "EUR"}
    return JournalEntry(**{**values, **changes})


def refused(session: Session, *rows: Base) -> str:
    session.add_all(rows)
    with pytest.raises((IntegrityError, DataError)) as caught:
        session.flush()
    session.rollback()
    return str(caught.value.orig)


def test_a_code_is_unique(session: Session, account: Account) -> None:
    twin = Account(code=account.code, name="Other", type=AccountType.ASSET)
    assert "account_code_key" in refused(session, twin)


def test_a_number_is_unique_in_its_year(session: Session) -> None:
    assert "journal_entry_year_number_key" in refused(session, new_entry(), new_entry())


def test_two_years_share_a_number(session: Session) -> None:
    session.add_all([new_entry(), new_entry(year=2025)])
    session.flush()


def test_a_kind_is_known(session: Session) -> None:
    assert "kind_is_known" in refused(session, new_entry(kind="odd"))


def test_an_entry_is_reversed_once(session: Session) -> None:
    first = new_entry()
    session.add(first)
    session.flush()
    reversals = [new_entry(number=number, reverses_id=first.id) for number in (2, 3)]
    assert "journal_entry_reverses_id_key" in refused(session, *reversals)


def test_a_line_is_not_zero(session: Session, account: Account) -> None:
    line = JournalLine(position=0, account=account, amount=0, base_amount=0)
    assert "amount_is_not_zero" in refused(session, new_entry(lines=[line]))


def test_a_line_belongs_to_an_account(session: Session) -> None:
    line = JournalLine(position=0, account_id=-1, amount=1, base_amount=1)
    assert "journal_line_account_id_fkey" in refused(session, new_entry(lines=[line]))


def test_an_account_with_lines_cannot_be_deleted(session: Session, account: Account) -> None:
    line = JournalLine(position=0, account=account, amount=1, base_amount=1)
    session.add(new_entry(lines=[line]))
    session.flush()
    with pytest.raises(IntegrityError, match="journal_line_account_id_fkey"):
        session.execute(text("delete from account"))


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        (lambda: ClosedPeriod(year=2024, month=13), "month_exists"),
        (
            lambda: ExchangeRate(currency="USD", day=date(2024, 1, 1), value=Decimal(0)),
            "value_is_positive",
        ),
        (lambda: Budget(account_id=-1, year=2024, month=1, amount=1), "budget_account_id_fkey"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(
    session: Session, row: Callable[[], Base], constraint: str
) -> None:
    assert constraint in refused(session, row())


def test_a_currency_has_three_letters(session: Session) -> None:
    assert "value too long" in refused(session, new_entry(currency="EURO"))


def test_a_fingerprint_is_unique_in_its_account(session: Session, account: Account) -> None:
    done = StatementImport(account_id=account.id, format="csv", new=2, known=0)
    session.add(done)
    session.flush()
    twins = [
        BankTransaction(
            import_id=done.id,
            account_id=account.id,
            fingerprint="same",
            booked_on=date(2024, 5, 1),
            amount=1,
            currency="EUR",
            counterparty="",
            purpose="",
            category="other",
        )
        for _ in range(2)
    ]
    assert "bank_transaction_account_id_fingerprint_key" in refused(session, *twins)


def test_the_database_has_exactly_the_tables_of_the_models(session: Session) -> None:
    found = set(inspect(session.get_bind()).get_table_names())
    assert found - {"test_owner"} == set(Base.metadata.tables)


def test_times_are_kept_with_their_zone(session: Session) -> None:
    closed = ClosedPeriod(year=2024, month=5)
    session.add(closed)
    session.commit()
    assert closed.closed_at.tzinfo is not None
