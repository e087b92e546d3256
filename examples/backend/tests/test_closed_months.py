"""What a closed month keeps out."""

import pytest
from bookkeeper import Bookkeeper, entry


@pytest.fixture
def may_closed(ledger: Bookkeeper) -> Bookkeeper:
    ledger.put("/periods/2024/5/closed")
    return ledger


@pytest.mark.parametrize("day", ["2024-05-01", "2024-05-31"])
def test_a_closed_month_takes_no_entries(may_closed: Bookkeeper, day: str) -> None:
    body = entry(day, "6310", "1200", "1")
    found = may_closed.problem("POST", "/entries", json=body)
    assert found == (409, "period-closed", "2024-05 is closed")


@pytest.mark.parametrize("day", ["2024-04-30", "2024-06-01", "2023-05-17"])
def test_the_months_around_it_do(may_closed: Bookkeeper, day: str) -> None:
    assert may_closed.post(day, "6310", "1200", "1")["day"] == day


def test_a_month_that_is_open_again_takes_entries(may_closed: Bookkeeper) -> None:
    may_closed.remove("/periods/2024/5/closed")
    assert may_closed.post("2024-05-17", "6310", "1200", "1")["number"] == "2024-1"


def test_a_bank_transaction_of_a_closed_month_waits(may_closed: Bookkeeper) -> None:
    header = "Date,Name,Details,Amount,Currency"
    may_closed.statement("1200", f"{header}\n2024-05-17,A,Rent,-5.00,EUR\n")
    (waiting,) = may_closed.ask("/transactions", booked=False)["items"]
    path = f"/transactions/{waiting['id']}/entry"
    assert may_closed.problem("POST", path, json={"against": "6310"})[1] == "period-closed"
    assert may_closed.ask("/transactions", booked=False)["items"] == [waiting]


def test_reports_of_a_closed_month_can_be_read(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-17", "6310", "1200", "1")
    ledger.put("/periods/2024/5/closed")
    report = ledger.ask("/reports/trial-balance", since="2024-05-01", until="2024-05-31")
    assert report["debit"] == "1.00"


def test_an_account_of_a_closed_month_can_still_be_renamed(may_closed: Bookkeeper) -> None:
    assert may_closed.change("/accounts/1200", {"name": "Giro"})["name"] == "Giro"
