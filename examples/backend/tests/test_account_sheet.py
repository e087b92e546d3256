"""One account's lines with the balance after each."""

import pytest
from bookkeeper import Bookkeeper

MAY = {"since": "2024-05-01", "until": "2024-05-31"}


@pytest.fixture
def bank(ledger: Bookkeeper) -> Bookkeeper:
    ledger.post("2024-04-30", "1200", "2000", "1000")
    ledger.post("2024-05-20", "6310", "1200", "700", text="Rent")
    ledger.post("2024-05-10", "1200", "4000", "250", text="Sale")
    ledger.post("2024-06-01", "6325", "1200", "80")
    return ledger


def test_the_opening_balance_is_what_was_there_before(bank: Bookkeeper) -> None:
    assert bank.ask("/reports/accounts/1200", **MAY)["opening"] == "1000.00"


def test_lines_are_in_the_order_of_days(bank: Bookkeeper) -> None:
    lines = bank.ask("/reports/accounts/1200", **MAY)["lines"]
    assert [line["text"] for line in lines] == ["Sale", "Rent"]


def test_every_line_shows_the_balance_after_it(bank: Bookkeeper) -> None:
    lines = bank.ask("/reports/accounts/1200", **MAY)["lines"]
    assert [line["balance"] for line in lines] == ["1250.00", "550.00"]


def test_one_period_opens_where_the_one_before_ended(bank: Bookkeeper) -> None:
    may = bank.ask("/reports/accounts/1200", **MAY)
    june = bank.ask("/reports/accounts/1200", since="2024-06-01", until="2024-06-30")
    assert june["opening"] == may["lines"][-1]["balance"]


def test_a_quiet_period_has_an_opening_balance_only(bank: Bookkeeper) -> None:
    sheet = bank.ask("/reports/accounts/1200", since="2025-01-01", until="2025-12-31")
    assert sheet == {"opening": "470.00", "lines": []}


def test_entries_of_one_day_stay_in_the_order_of_posting(ledger: Bookkeeper) -> None:
    for number in range(30):
        ledger.post("2024-05-05", "1200", "2000", "1", text=f"Deposit {number}")
    lines = ledger.ask("/reports/accounts/1200", **MAY)["lines"]
    assert [line["text"] for line in lines] == [f"Deposit {number}" for number in range(30)]
    assert lines[-1]["balance"] == "30.00"


def test_an_unknown_account_has_no_sheet(books: Bookkeeper) -> None:
    found = books.problem("GET", "/reports/accounts/9", params=MAY)
    assert found[:2] == (404, "no-such-account")
