"""Accounts, lines and entries."""

from datetime import date

import pytest
from core import (
    Account,
    AccountType,
    CurrencyMismatchError,
    Entry,
    Line,
    Money,
    Side,
    UnbalancedEntryError,
    currency,
)

EUR = currency("EUR")
BANK = Account("1200", "Bank", AccountType.ASSET)
SALES = Account("4000", "Sales", AccountType.INCOME)
TAX = Account("3800", "VAT", AccountType.LIABILITY)
DAY = date(2024, 5, 17)


def entry(*amounts: int) -> Entry:
    accounts = (BANK, SALES, TAX)
    lines = tuple(
        Line(account, Money(cents, EUR)) for account, cents in zip(accounts, amounts, strict=False)
    )
    return Entry(DAY, "Invoice 7", lines)


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        (AccountType.ASSET, Side.DEBIT),
        (AccountType.EXPENSE, Side.DEBIT),
        (AccountType.LIABILITY, Side.CREDIT),
        (AccountType.EQUITY, Side.CREDIT),
        (AccountType.INCOME, Side.CREDIT),
    ],
)
def test_an_account_grows_on_its_normal_side(kind: AccountType, side: Side) -> None:
    assert kind.normal_side is side
    growth = Money(1 if side is Side.DEBIT else -1, EUR)
    assert kind.natural(growth) == Money(1, EUR)


def test_only_income_and_expense_end_with_the_year() -> None:
    ending = {kind for kind in AccountType if not kind.is_permanent}
    assert ending == {AccountType.INCOME, AccountType.EXPENSE}


def test_accounts_are_ordered_by_code() -> None:
    assert sorted([SALES, BANK, TAX]) == [BANK, TAX, SALES]


def test_a_line_knows_its_side() -> None:
    assert Line(BANK, Money(5, EUR)).side is Side.DEBIT
    assert Line(BANK, Money(-5, EUR)).side is Side.CREDIT


def test_an_entry_of_three_lines_balances() -> None:
    assert entry(11900, -10000, -1900).currency == EUR


@pytest.mark.parametrize("amounts", [(), (100,)])
def test_an_entry_needs_two_lines(amounts: tuple[int, ...]) -> None:
    with pytest.raises(UnbalancedEntryError, match=f"two lines or more, found {len(amounts)}"):
        entry(*amounts)


def test_debits_equal_credits() -> None:
    with pytest.raises(UnbalancedEntryError, match=r"debits and credits differ by 0\.01 EUR"):
        entry(10001, -10000)


def test_a_line_of_zero_is_refused() -> None:
    with pytest.raises(UnbalancedEntryError, match="an entry has no lines of zero"):
        entry(100, -100, 0)


def test_an_entry_has_one_currency() -> None:
    lines = (Line(BANK, Money(100, EUR)), Line(SALES, Money(-100, currency("USD"))))
    with pytest.raises(CurrencyMismatchError, match="found USD where EUR was expected"):
        Entry(DAY, "Mixed", lines)


def test_a_reversal_takes_every_line_back() -> None:
    reversal = entry(119, -100, -19).reversed_on(date(2024, 6, 1))
    assert [line.amount.minor for line in reversal.lines] == [-119, 100, 19]
    assert (reversal.day, reversal.text) == (date(2024, 6, 1), "Reversal: Invoice 7")
