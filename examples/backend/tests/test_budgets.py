"""Plan against fact."""

import pytest
from bookkeeper import Bookkeeper


def plan(books: Bookkeeper, account: str, amount: str, month: int = 5) -> None:
    books.put("/budgets", {"account": account, "year": 2024, "month": month, "amount": amount})


def test_nothing_planned_and_nothing_moved_is_an_empty_list(ledger: Bookkeeper) -> None:
    assert ledger.ask("/budgets/2024/5") == []


def test_more_rent_than_planned_is_a_positive_difference(ledger: Bookkeeper) -> None:
    plan(ledger, "6310", "700")
    ledger.post("2024-05-17", "6310", "1200", "725.50")
    assert ledger.ask("/budgets/2024/5") == [
        {"account": "6310", "planned": "700.00", "actual": "725.50", "difference": "25.50"}
    ]


def test_fewer_sales_than_planned_are_a_negative_difference(ledger: Bookkeeper) -> None:
    plan(ledger, "4000", "1000")
    ledger.post("2024-05-17", "1200", "4000", "900")
    assert ledger.ask("/budgets/2024/5")[0]["difference"] == "-100.00"


def test_what_nobody_planned_is_listed_too(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-17", "6325", "1200", "80")
    (found,) = ledger.ask("/budgets/2024/5")
    assert (found["account"], found["planned"]) == ("6325", "0.00")


def test_a_new_plan_replaces_the_old(ledger: Bookkeeper) -> None:
    plan(ledger, "6310", "700")
    plan(ledger, "6310", "800")
    assert [found["planned"] for found in ledger.ask("/budgets/2024/5")] == ["800.00"]


def test_months_are_planned_apart(ledger: Bookkeeper) -> None:
    for month in range(1, 13):
        plan(ledger, "6310", str(month), month)
    planned = [ledger.ask(f"/budgets/2024/{month}")[0]["planned"] for month in range(1, 13)]
    assert planned == [f"{month}.00" for month in range(1, 13)]


@pytest.mark.parametrize("code", ["1200", "1600", "2000"])
def test_only_income_and_expenses_are_planned(ledger: Bookkeeper, code: str) -> None:
    body = {"account": code, "year": 2024, "month": 5, "amount": "1"}
    found = ledger.problem("PUT", "/budgets", json=body)
    assert found == (422, "not-planned", f"`{code}` has neither income nor expenses")


@pytest.mark.parametrize("change", [{"month": 13}, {"year": 24}, {"amount": "a lot"}])
def test_a_plan_has_a_month_and_an_amount(ledger: Bookkeeper, change: dict[str, object]) -> None:
    body = {"account": "6310", "year": 2024, "month": 5, "amount": "1", **change}
    assert ledger.problem("PUT", "/budgets", json=body)[:2] == (422, "invalid-request")
