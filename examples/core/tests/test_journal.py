"""Balances that follow from entries."""

import random
from datetime import date

import pytest
from core import (
    Account,
    AccountType,
    CurrencyMismatchError,
    Entry,
    Journal,
    Line,
    Money,
    currency,
    month,
    total,
)

EUR = currency("EUR")
BANK = Account("1200", "Bank", AccountType.ASSET)
EQUITY = Account("2000", "Capital", AccountType.EQUITY)
RENT = Account("6310", "Rent", AccountType.EXPENSE)


def booking(day: date, debit: Account, credit: Account, cents: int) -> Entry:
    return Entry(day, "Test", (Line(debit, Money(cents, EUR)), Line(credit, Money(-cents, EUR))))


@pytest.fixture
def journal() -> Journal:
    return (
        Journal(EUR)
        .post(booking(date(2024, 1, 1), BANK, EQUITY, 50000))
        .post(booking(date(2024, 1, 31), RENT, BANK, 1200))
        .post(booking(date(2024, 2, 29), RENT, BANK, 1300))
    )


def test_posting_leaves_the_journal_before_it_untouched(journal: Journal) -> None:
    longer = journal.post(booking(date(2024, 3, 1), RENT, BANK, 1))
    assert (len(journal.entries), len(longer.entries)) == (3, 4)


def test_a_balance_adds_the_lines_of_an_account(journal: Journal) -> None:
    assert journal.balance(BANK) == Money(47500, EUR)
    assert journal.balance(EQUITY) == Money(-50000, EUR)


def test_a_balance_of_a_period_counts_its_days_only(journal: Journal) -> None:
    assert journal.balance(RENT, month(2024, 1)) == Money(1200, EUR)
    assert journal.balance(RENT, month(2024, 3)) == Money.zero(EUR)


def test_the_trial_balance_lists_accounts_by_code(journal: Journal) -> None:
    assert list(journal.trial_balance()) == [BANK, EQUITY, RENT]


def test_an_account_that_did_not_move_is_not_in_the_trial_balance(journal: Journal) -> None:
    assert list(journal.trial_balance(month(2024, 2))) == [BANK, RENT]


def test_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatchError, match="found EUR, books are kept in USD"):
        Journal(currency("USD")).post(booking(date(2024, 1, 1), BANK, EQUITY, 1))


@pytest.mark.parametrize("seed", range(3))
def test_every_trial_balance_adds_up_to_zero(seed: int) -> None:
    chance = random.Random(seed)
    journal = Journal(EUR)
    for _ in range(300):
        debit, credit = chance.sample([BANK, EQUITY, RENT], 2)
        day = date(2024, chance.randint(1, 12), 1)
        journal = journal.post(booking(day, debit, credit, chance.randint(1, 10**6)))
    for period in (None, *(month(2024, number) for number in range(1, 13))):
        assert total(journal.trial_balance(period).values(), EUR) == Money.zero(EUR)
