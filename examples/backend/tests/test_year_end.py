"""Closing a year: income and expenses move to retained earnings."""

import pytest
from bookkeeper import Bookkeeper


@pytest.fixture
def year(ledger: Bookkeeper) -> Bookkeeper:
    ledger.post("2024-01-01", "1200", "2000", "1000")
    ledger.post("2024-03-01", "1200", "4000", "900")
    ledger.post("2024-06-01", "6310", "1200", "700")
    return ledger


def close(books: Bookkeeper, year: int = 2024, earnings: str = "2970") -> dict[str, object]:
    answer: dict[str, object] = books.send(f"/periods/{year}/closing", {"earnings": earnings})
    return answer


def refusal(books: Bookkeeper, year: int = 2024, earnings: str = "2970") -> tuple[int, str, str]:
    return books.problem("POST", f"/periods/{year}/closing", json={"earnings": earnings})


def test_the_closing_entry_empties_income_and_expenses(year: Bookkeeper) -> None:
    entry = close(year)
    assert (entry["kind"], entry["day"], entry["text"]) == ("closing", "2024-12-31", "Closing 2024")
    lines = year.ask(f"/entries/{entry['id']}")["lines"]
    amounts = {line["account"]: line["amount"] for line in lines}
    assert amounts == {"4000": "900.00", "6310": "-700.00", "2970": "-200.00"}


def test_the_profit_becomes_equity(year: Bookkeeper) -> None:
    close(year)
    sheet = year.ask("/reports/balance-sheet", day="2024-12-31")
    equity = {line["account"]: line["amount"] for line in sheet["equity"]}
    assert equity == {"2000": "1000.00", "2970": "200.00"}
    assert sheet["profit"] == "0.00"


def test_profit_and_loss_still_shows_the_year(year: Bookkeeper) -> None:
    close(year)
    report = year.ask("/reports/profit-and-loss", since="2024-01-01", until="2024-12-31")
    assert report["profit"] == "200.00"


def test_a_loss_lessens_equity(year: Bookkeeper) -> None:
    year.post("2024-07-01", "6325", "1200", "500")
    close(year)
    sheet = year.ask("/reports/accounts/2970", since="2024-01-01", until="2024-12-31")
    assert sheet["lines"][0]["amount"] == "300.00"


def test_a_year_that_broke_even_leaves_retained_earnings_alone(ledger: Bookkeeper) -> None:
    ledger.post("2024-03-01", "1200", "4000", "700")
    ledger.post("2024-06-01", "6310", "1200", "700")
    entry = close(ledger)
    assert len(ledger.ask(f"/entries/{entry['id']}")["lines"]) == 2


def test_a_year_is_closed_once(year: Bookkeeper) -> None:
    close(year)
    assert refusal(year) == (409, "year-closed", "2024 was closed before")


def test_each_year_is_closed_on_its_own(year: Bookkeeper) -> None:
    close(year)
    year.post("2025-02-01", "1200", "4000", "50")
    entry = close(year, 2025)
    lines = year.ask(f"/entries/{entry['id']}")["lines"]
    assert [line["amount"] for line in lines] == ["50.00", "-50.00"]


def test_a_year_without_income_and_expenses_has_nothing_to_close(ledger: Bookkeeper) -> None:
    ledger.post("2024-01-01", "1200", "2000", "1000")
    found = refusal(ledger)
    assert found == (422, "nothing-to-close", "no income and no expenses in 2024")


def test_only_equity_takes_the_profit(year: Bookkeeper) -> None:
    assert refusal(year, earnings="1600") == (422, "not-equity", "`1600` is of type liability")


def test_december_has_to_be_open(year: Bookkeeper) -> None:
    for number in range(1, 13):
        year.put(f"/periods/2024/{number}/closed")
    assert refusal(year)[:2] == (409, "period-closed")
