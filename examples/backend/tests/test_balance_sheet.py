"""What is owned and owed on a day."""

import random

import pytest
from bookkeeper import Bookkeeper


def amounts(lines: list[dict[str, str]]) -> dict[str, str]:
    return {line["account"]: line["amount"] for line in lines}


def test_empty_books_own_and_owe_nothing(books: Bookkeeper) -> None:
    sheet = books.ask("/reports/balance-sheet", day="2024-12-31")
    assert (sheet["total_assets"], sheet["total_claims"]) == ("0.00", "0.00")


def test_every_type_is_reported_on_its_side(ledger: Bookkeeper) -> None:
    ledger.post("2024-01-01", "1200", "2000", "1000")
    ledger.post("2024-01-02", "1400", "1600", "250")
    sheet = ledger.ask("/reports/balance-sheet", day="2024-01-31")
    assert amounts(sheet["assets"]) == {"1200": "1000.00", "1400": "250.00"}
    assert amounts(sheet["liabilities"]) == {"1600": "250.00"}
    assert amounts(sheet["equity"]) == {"2000": "1000.00"}


def test_a_profit_that_is_not_closed_belongs_to_the_owners(ledger: Bookkeeper) -> None:
    ledger.post("2024-02-01", "1200", "4000", "300")
    sheet = ledger.ask("/reports/balance-sheet", day="2024-02-01")
    assert (sheet["profit"], sheet["total_claims"]) == ("300.00", "300.00")


def test_the_day_itself_counts_and_the_next_does_not(ledger: Bookkeeper) -> None:
    ledger.post("2024-01-31", "1200", "2000", "1")
    ledger.post("2024-02-01", "1200", "2000", "10")
    sheet = ledger.ask("/reports/balance-sheet", day="2024-01-31")
    assert sheet["total_assets"] == "1.00"


def test_an_overdrawn_account_is_a_negative_asset(ledger: Bookkeeper) -> None:
    ledger.post("2024-01-31", "6310", "1200", "70")
    sheet = ledger.ask("/reports/balance-sheet", day="2024-01-31")
    assert amounts(sheet["assets"]) == {"1200": "-70.00"}


def test_all_years_before_are_in_it(ledger: Bookkeeper) -> None:
    for year in range(2000, 2025):
        ledger.post(f"{year}-06-30", "1200", "2000", "4")
    assert ledger.ask("/reports/balance-sheet", day="2024-12-31")["total_assets"] == "100.00"


@pytest.mark.parametrize("seed", [7, 8])
def test_both_sides_are_equal_on_every_day(ledger: Bookkeeper, seed: int) -> None:
    chance = random.Random(seed)
    for day in range(1, 29):
        debit, credit = chance.sample(["1200", "1400", "1600", "2000", "4000", "6310"], 2)
        ledger.post(f"2024-02-{day:02}", debit, credit, str(chance.randint(1, 9999)))
    for day in range(1, 29, 3):
        sheet = ledger.ask("/reports/balance-sheet", day=f"2024-02-{day:02}")
        assert sheet["total_assets"] == sheet["total_claims"]
