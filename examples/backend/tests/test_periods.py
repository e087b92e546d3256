"""Closing months."""

import pytest
from bookkeeper import Bookkeeper


def test_no_month_is_closed_at_first(books: Bookkeeper) -> None:
    assert books.ask("/periods/closed") == []


def test_months_are_closed_in_order(books: Bookkeeper) -> None:
    for year, number in ((2023, 12), (2024, 1), (2024, 2)):
        books.put(f"/periods/{year}/{number}/closed")
    assert books.ask("/periods/closed") == ["2023-12", "2024-01", "2024-02"]


def test_a_month_is_closed_once(books: Bookkeeper) -> None:
    books.put("/periods/2024/5/closed")
    found = books.problem("PUT", "/periods/2024/5/closed")
    assert found == (409, "period-closed", "2024-05 is closed already")


def test_an_earlier_month_with_entries_is_closed_first(ledger: Bookkeeper) -> None:
    ledger.post("2024-03-15", "6310", "1200", "1")
    found = ledger.problem("PUT", "/periods/2024/5/closed")
    assert found == (409, "period-open", "2024-03 is still open")


def test_an_empty_month_between_is_closed_first_too(ledger: Bookkeeper) -> None:
    ledger.post("2024-03-15", "6310", "1200", "1")
    ledger.put("/periods/2024/3/closed")
    found = ledger.problem("PUT", "/periods/2024/5/closed")
    assert found == (409, "period-open", "2024-04 is still open")


def test_months_before_the_first_entry_do_not_matter(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-15", "6310", "1200", "1")
    ledger.put("/periods/2024/5/closed")
    assert ledger.ask("/periods/closed") == ["2024-05"]


def test_entries_of_later_months_do_not_matter(ledger: Bookkeeper) -> None:
    ledger.post("2024-08-15", "6310", "1200", "1")
    ledger.put("/periods/2024/5/closed")
    assert ledger.ask("/periods/closed") == ["2024-05"]


def test_the_last_closed_month_is_opened_again(books: Bookkeeper) -> None:
    books.put("/periods/2024/4/closed")
    books.put("/periods/2024/5/closed")
    books.remove("/periods/2024/5/closed")
    assert books.ask("/periods/closed") == ["2024-04"]


@pytest.mark.parametrize("number", [4, 6])
def test_no_other_month_is_opened_again(books: Bookkeeper, number: int) -> None:
    books.put("/periods/2024/4/closed")
    books.put("/periods/2024/5/closed")
    found = books.problem("DELETE", f"/periods/2024/{number}/closed")
    assert found == (409, "not-last-closed", "only the last closed month can be opened again")


def test_without_closed_months_none_is_opened(books: Bookkeeper) -> None:
    assert books.problem("DELETE", "/periods/2024/5/closed")[1] == "not-last-closed"


@pytest.mark.parametrize("path", ["2024/0", "2024/13", "24/5", "2024/may"])
def test_a_month_has_to_exist(books: Bookkeeper, path: str) -> None:
    assert books.problem("PUT", f"/periods/{path}/closed")[:2] == (422, "invalid-request")


def test_three_years_are_closed_month_by_month(ledger: Bookkeeper) -> None:
    ledger.post("2022-01-01", "1200", "2000", "1")
    for year in (2022, 2023, 2024):
        for number in range(1, 13):
            ledger.put(f"/periods/{year}/{number}/closed")
    assert len(ledger.ask("/periods/closed")) == 36
