"""Listing entries."""

import pytest
from bookkeeper import Bookkeeper


@pytest.fixture
def year(ledger: Bookkeeper) -> Bookkeeper:
    ledger.post("2024-01-01", "1200", "2000", "5000", text="Capital")
    ledger.post("2024-01-31", "6310", "1200", "700", text="Rent January")
    ledger.post("2024-02-29", "6310", "1200", "700", text="Rent February")
    ledger.post("2024-02-10", "6325", "1200", "80", text="Power 100%")
    return ledger


def texts(books: Bookkeeper, **params: object) -> list[str]:
    return [entry["text"] for entry in books.ask("/entries", **params)["items"]]


def test_entries_are_listed_in_the_order_of_posting(year: Bookkeeper) -> None:
    assert texts(year) == ["Capital", "Rent January", "Rent February", "Power 100%"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"since": "2024-02-01"}, ["Rent February", "Power 100%"]),
        ({"until": "2024-01-31"}, ["Capital", "Rent January"]),
        ({"since": "2024-01-31", "until": "2024-02-10"}, ["Rent January", "Power 100%"]),
        ({"since": "2025-01-01"}, []),
    ],
)
def test_days_are_bounds_that_belong_to_it(
    year: Bookkeeper, params: dict[str, str], expected: list[str]
) -> None:
    assert texts(year, **params) == expected


def test_entries_of_an_account_are_found_by_any_line(year: Bookkeeper) -> None:
    assert texts(year, account="2000") == ["Capital"]
    assert len(texts(year, account="1200")) == 4


def test_an_account_without_entries_has_none(year: Bookkeeper) -> None:
    assert texts(year, account="4000") == []


def test_an_unknown_account_is_an_error_rather_than_no_entries(year: Bookkeeper) -> None:
    assert year.problem("GET", "/entries", params={"account": "9"})[1] == "no-such-account"


@pytest.mark.parametrize(
    ("words", "expected"),
    [("rent", ["Rent January", "Rent February"]), ("100%", ["Power 100%"]), ("_ent", [])],
)
def test_words_are_found_in_the_text(year: Bookkeeper, words: str, expected: list[str]) -> None:
    assert texts(year, q=words) == expected


def test_filters_are_combined(year: Bookkeeper) -> None:
    assert texts(year, account="6310", since="2024-02-01", q="feb") == ["Rent February"]


def test_a_day_that_does_not_exist_is_refused(year: Bookkeeper) -> None:
    found = year.problem("GET", "/entries", params={"since": "2024-13-01"})
    assert found[:2] == (422, "invalid-request")
