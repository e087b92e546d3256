"""Leaving out what is known."""

from dataclasses import replace
from datetime import date

import pytest
from core import Money, currency
from statements import Transaction, fingerprint, read_statement, without_known

COFFEE = Transaction(date(2024, 5, 2), Money(-320, currency("EUR")), "Café Blau", "Card 1")


def test_spaces_and_case_do_not_count() -> None:
    loud = replace(COFFEE, counterparty="CAFÉ  BLAU")
    assert fingerprint(loud) == fingerprint(COFFEE)


@pytest.mark.parametrize(
    "other",
    [
        replace(COFFEE, booked_on=date(2024, 5, 3)),
        replace(COFFEE, amount=Money(-321, currency("EUR"))),
        replace(COFFEE, amount=Money(-320, currency("USD"))),
        replace(COFFEE, purpose="Card 2"),
    ],
)
def test_day_amount_and_words_count(other: Transaction) -> None:
    assert fingerprint(other) != fingerprint(COFFEE)


def test_two_coffees_on_one_day_are_two_transactions() -> None:
    prints = [mark for mark, _ in without_known([COFFEE, COFFEE], known=())]
    assert len(set(prints)) == 2


def test_the_second_time_nothing_is_new() -> None:
    known = {mark for mark, _ in without_known([COFFEE, COFFEE], known=())}
    assert without_known([COFFEE, COFFEE], known) == ()


def test_a_third_coffee_is_new() -> None:
    known = {mark for mark, _ in without_known([COFFEE, COFFEE], known=())}
    assert [one for _, one in without_known([COFFEE] * 3, known)] == [COFFEE]


def test_another_format_of_the_same_days_brings_nothing_new(camt: str, german_csv: str) -> None:
    first = read_statement(camt, "x").transactions
    known = {mark for mark, _ in without_known(first, known=())}
    assert without_known(read_statement(german_csv, "x").transactions, known) == ()
