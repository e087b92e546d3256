"""A small firm's year, from the first deposit to the closing: all parts together.

The year is long to keep, so this is the slowest file of the project.
"""

import pytest
from bookkeeper import Bookkeeper

YEAR = {"since": "2024-01-01", "until": "2024-12-31"}


def bank_statement(number: int) -> str:
    day = f"2024-{number:02}"
    return (
        "Date,Name,Details,Amount,Currency\n"
        f"{day}-03,Muster GmbH,Invoice RE-{number},1200.00,EUR\n"
        f"{day}-05,Landlord,Rent,-700.00,EUR\n"
        f"{day}-20,City,Power,-80.00,EUR\n"
    )


@pytest.fixture
def year(ledger: Bookkeeper) -> Bookkeeper:
    against = {"customer": "4000", "rent": "6310", "energy": "6325"}
    ledger.post("2024-01-01", "1200", "2000", "5000", text="Capital")
    for number in range(1, 13):
        ledger.statement("1200", bank_statement(number))
        for found in ledger.ask("/transactions", booked=False)["items"]:
            path = f"/transactions/{found['id']}/entry"
            ledger.send(path, {"against": against[found["category"]]})
        if number < 12:
            ledger.put(f"/periods/2024/{number}/closed")
    return ledger


def test_the_profit_is_what_the_bank_gained(year: Bookkeeper) -> None:
    assert year.ask("/reports/profit-and-loss", **YEAR)["profit"] == "5040.00"
    assert year.ask("/accounts/1200/group-balance")["balance"] == "10040.00"


def test_every_month_earned_the_same(year: Bookkeeper) -> None:
    for number in range(1, 13):
        month = {"since": f"2024-{number:02}-01", "until": f"2024-{number:02}-28"}
        assert year.ask("/reports/profit-and-loss", **month)["profit"] == "420.00"


def test_after_the_closing_only_permanent_accounts_have_a_balance(year: Bookkeeper) -> None:
    year.send("/periods/2024/closing", {"earnings": "2970"})
    year.put("/periods/2024/12/closed")
    lines = year.ask("/reports/trial-balance", **YEAR)["lines"]
    balances = {line["account"]: line["balance"] for line in lines if line["balance"] != "0.00"}
    assert balances == {"1200": "10040.00", "2000": "-5000.00", "2970": "-5040.00"}


def test_the_audit_log_tells_the_year(year: Bookkeeper) -> None:
    counts = {
        action: len(year.ask("/audit", action=action, limit=200)["items"])
        for action in ("post", "import", "book", "close")
    }
    assert counts == {"post": 1, "import": 12, "book": 36, "close": 11}


def test_the_second_import_of_the_year_changes_nothing(year: Bookkeeper) -> None:
    done = [year.statement("1200", bank_statement(number)) for number in range(1, 13)]
    assert {(found["new"], found["known"]) for found in done} == {(0, 3)}
