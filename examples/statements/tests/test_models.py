"""Statements and transactions."""

from datetime import date

import pytest
from core import Money, Period, currency
from statements import IncompleteStatementError, Statement, Transaction

EUR = currency("EUR")


def transaction(day: int, cents: int) -> Transaction:
    return Transaction(date(2024, 5, day), Money(cents, EUR), "Somebody", "Something")


def statement(*transactions: Transaction, closing: int | None = None) -> Statement:
    end = None if closing is None else Money(closing, EUR)
    return Statement("DE1", EUR, transactions, opening=Money(100, EUR), closing=end)


def test_a_statement_spans_its_transactions() -> None:
    spanned = statement(transaction(9, 1), transaction(2, 1), transaction(5, 1)).period
    assert spanned == Period(date(2024, 5, 2), date(2024, 5, 9))


def test_a_statement_without_transactions_spans_nothing() -> None:
    assert statement().period is None


def test_the_turnover_is_the_sum() -> None:
    assert statement(transaction(1, 250), transaction(2, -50)).turnover == Money(200, EUR)


def test_balances_that_agree_are_verified() -> None:
    whole = statement(transaction(1, 250), closing=350)
    assert whole.verified() is whole


def test_a_missing_transaction_is_noticed_by_its_amount() -> None:
    with pytest.raises(
        IncompleteStatementError, match=r"transactions worth -0\.50 EUR are missing"
    ):
        statement(transaction(1, 250), closing=300).verified()


def test_a_format_without_balances_has_nothing_to_verify() -> None:
    open_ended = statement(transaction(1, 250))
    assert open_ended.verified() is open_ended


def test_the_text_has_no_gap_for_a_part_that_is_missing() -> None:
    anonymous = Transaction(date(2024, 5, 1), Money(1, EUR), "", "Cash")
    assert anonymous.text == "Cash"
    assert transaction(1, 1).text == "Somebody Something"
