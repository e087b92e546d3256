"""Pages of lists."""

from typing import Any

import pytest
from bookkeeper import Bookkeeper


def walk(books: Bookkeeper, path: str, limit: int) -> list[list[Any]]:
    pages, after = [], 0
    while True:
        page = books.ask(path, after=after, limit=limit)
        pages.append(page["items"])
        if page["next"] is None:
            return pages
        after = page["next"]


@pytest.fixture
def ten(books: Bookkeeper) -> Bookkeeper:
    for number in range(10):
        books.account(f"{number}")
    return books


@pytest.mark.parametrize(
    ("limit", "sizes"), [(3, [3, 3, 3, 1]), (5, [5, 5]), (10, [10]), (11, [10]), (1, [1] * 10)]
)
def test_pages_are_full_but_the_last(ten: Bookkeeper, limit: int, sizes: list[int]) -> None:
    assert [len(page) for page in walk(ten, "/accounts", limit)] == sizes


def test_pages_together_are_the_whole_list(ten: Bookkeeper) -> None:
    codes = [account["code"] for page in walk(ten, "/accounts", 4) for account in page]
    assert codes == [str(number) for number in range(10)]


def test_a_page_stays_in_place_while_rows_are_added(ten: Bookkeeper) -> None:
    first = ten.ask("/accounts", limit=5)
    ten.account("NEW")
    second = ten.ask("/accounts", limit=5, after=first["next"])
    assert [account["code"] for account in second["items"]] == ["5", "6", "7", "8", "9"]


def test_a_page_stays_in_place_while_rows_are_removed(ten: Bookkeeper) -> None:
    first = ten.ask("/accounts", limit=5)
    ten.remove("/accounts/0")
    second = ten.ask("/accounts", limit=5, after=first["next"])
    assert second["items"][0]["code"] == "5"


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 201}, {"after": -1}, {"limit": "all"}])
def test_a_page_has_a_size_that_makes_sense(books: Bookkeeper, params: dict[str, Any]) -> None:
    for path in ("/accounts", "/entries", "/audit", "/transactions"):
        assert books.problem("GET", path, params=params)[:2] == (422, "invalid-request")


def test_behind_the_end_is_an_empty_page(ten: Bookkeeper) -> None:
    assert ten.ask("/accounts", after=10**9) == {"items": [], "next": None}


def test_seventy_entries_are_walked(ledger: Bookkeeper) -> None:
    for number in range(70):
        ledger.post("2024-05-01", "6310", "1200", str(number + 1))
    pages = walk(ledger, "/entries", 30)
    assert [len(page) for page in pages] == [30, 30, 10]
    assert len({entry["number"] for page in pages for entry in page}) == 70


def test_a_filter_holds_on_every_page(ledger: Bookkeeper) -> None:
    for number in range(12):
        ledger.post("2024-05-01", "6310", "1200", "1", text="odd" if number % 2 else "even")
    first = ledger.ask("/entries", q="odd", limit=4)
    second = ledger.ask("/entries", q="odd", limit=4, after=first["next"])
    assert len(first["items"]) + len(second["items"]) == 6
    assert second["next"] is None
