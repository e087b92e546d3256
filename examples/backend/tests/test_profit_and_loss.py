"""Income and expenses of a period."""

import pytest
from bookkeeper import Bookkeeper

YEAR = {"since": "2024-01-01", "until": "2024-12-31"}


@pytest.fixture
def trade(ledger: Bookkeeper) -> Bookkeeper:
    ledger.post("2024-01-01", "1200", "2000", "5000")
    ledger.post("2024-02-01", "1400", "4000", "1200.50")
    ledger.post("2024-02-15", "6310", "1200", "700")
    ledger.post("2024-03-15", "6325", "1200", "80.25")
    return ledger


def test_both_sides_are_positive_when_they_grew(trade: Bookkeeper) -> None:
    report = trade.ask("/reports/profit-and-loss", **YEAR)
    assert report["income"] == [{"account": "4000", "name": "Sales", "amount": "1200.50"}]
    assert [line["amount"] for line in report["expenses"]] == ["700.00", "80.25"]


def test_what_is_left_is_profit(trade: Bookkeeper) -> None:
    assert trade.ask("/reports/profit-and-loss", **YEAR)["profit"] == "420.25"


def test_a_loss_is_negative(trade: Bookkeeper) -> None:
    march = {"since": "2024-03-01", "until": "2024-03-31"}
    assert trade.ask("/reports/profit-and-loss", **march)["profit"] == "-80.25"


def test_capital_is_no_income(trade: Bookkeeper) -> None:
    january = {"since": "2024-01-01", "until": "2024-01-31"}
    report = trade.ask("/reports/profit-and-loss", **january)
    assert report == {"income": [], "expenses": [], "profit": "0.00"}


def test_a_refund_lessens_the_expense(trade: Bookkeeper) -> None:
    trade.post("2024-04-01", "1200", "6325", "10.25")
    report = trade.ask("/reports/profit-and-loss", **YEAR)
    assert {line["account"]: line["amount"] for line in report["expenses"]}["6325"] == "70.00"


def test_quarters_add_up_to_the_year(trade: Bookkeeper) -> None:
    quarters = [("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31")]
    profits = [
        float(
            trade.ask("/reports/profit-and-loss", since=f"2024-{first}", until=f"2024-{last}")[
                "profit"
            ]
        )
        for first, last in quarters
    ]
    assert sum(profits) == 420.25


def test_a_period_needs_both_ends(books: Bookkeeper) -> None:
    found = books.problem("GET", "/reports/profit-and-loss", params={"since": "2024-01-01"})
    assert found[:2] == (422, "invalid-request")
