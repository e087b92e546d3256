"""Debits and credits of every account."""

import random

import pytest
from bookkeeper import Bookkeeper

YEAR = {"since": "2024-01-01", "until": "2024-12-31"}


def test_empty_books_balance(books: Bookkeeper) -> None:
    report = books.ask("/reports/trial-balance", **YEAR)
    assert report == {"lines": [], "debit": "0.00", "credit": "0.00"}


def test_debits_and_credits_are_shown_apart(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-01", "1200", "2000", "100")
    ledger.post("2024-05-02", "6310", "1200", "30")
    lines = ledger.ask("/reports/trial-balance", **YEAR)["lines"]
    bank = {"account": "1200", "debit": "100.00", "credit": "30.00", "balance": "70.00"}
    assert lines[0] == bank


def test_accounts_are_in_the_order_of_their_codes(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-02", "6310", "1600", "30")
    ledger.post("2024-05-01", "1200", "2000", "100")
    lines = ledger.ask("/reports/trial-balance", **YEAR)["lines"]
    assert [line["account"] for line in lines] == ["1200", "1600", "2000", "6310"]


def test_only_the_days_asked_for_count(ledger: Bookkeeper) -> None:
    for day in ("2023-12-31", "2024-01-01", "2024-01-31", "2024-02-01"):
        ledger.post(day, "6310", "1200", "1")
    report = ledger.ask("/reports/trial-balance", since="2024-01-01", until="2024-01-31")
    assert report["debit"] == "2.00"


def test_a_period_does_not_end_before_it_starts(books: Bookkeeper) -> None:
    params = {"since": "2024-02-01", "until": "2024-01-01"}
    status, kind, detail = books.problem("GET", "/reports/trial-balance", params=params)
    assert (status, kind) == (422, "core")
    assert detail == "a period cannot end on 2024-01-01 before it starts on 2024-02-01"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_books_balance(ledger: Bookkeeper, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        debit, credit = chance.sample(["1200", "1400", "1600", "2000", "4000", "6310"], 2)
        amount = f"{chance.randint(1, 10**7) / 100:.2f}"
        ledger.post(f"2024-{chance.randint(1, 12):02}-15", debit, credit, amount)
    for number in range(1, 13):
        month = {"since": f"2024-{number:02}-01", "until": f"2024-{number:02}-28"}
        report = ledger.ask("/reports/trial-balance", **month)
        assert report["debit"] == report["credit"]
