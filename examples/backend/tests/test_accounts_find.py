"""Listing accounts."""

import pytest
from bookkeeper import CHART, Bookkeeper


def codes(books: Bookkeeper, **params: object) -> list[str]:
    return [account["code"] for account in books.ask("/accounts", **params)["items"]]


def test_no_accounts_are_an_empty_page(books: Bookkeeper) -> None:
    assert books.ask("/accounts") == {"items": [], "next": None}


def test_accounts_are_listed_in_the_order_of_creation(books: Bookkeeper) -> None:
    for code in ("3", "1", "2"):
        books.account(code)
    assert codes(books) == ["3", "1", "2"]


def test_the_chart_is_listed_whole(ledger: Bookkeeper) -> None:
    assert codes(ledger) == list(CHART)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("equity", ["2000", "2970"]), ("income", ["4000"]), ("expense", ["6310", "6325"])],
)
def test_a_type_is_listed_alone(ledger: Bookkeeper, kind: str, expected: list[str]) -> None:
    assert codes(ledger, type=kind) == expected


@pytest.mark.parametrize("words", ["rece", "RECEIV", "ables"])
def test_words_are_found_anywhere_in_either_case(ledger: Bookkeeper, words: str) -> None:
    assert "1400" in codes(ledger, q=words)


def test_a_percent_sign_is_a_character_like_others(books: Bookkeeper) -> None:
    books.account("1", name="VAT 19%")
    books.account("2", name="VAT 1907")
    assert codes(books, q="19%") == ["1"]


def test_archived_accounts_are_listed_when_asked_for(ledger: Bookkeeper) -> None:
    ledger.change("/accounts/1400", {"archived": True})
    assert "1400" not in codes(ledger)
    assert codes(ledger, archived=True) == ["1400"]


def test_filters_are_combined(ledger: Bookkeeper) -> None:
    assert codes(ledger, type="expense", q="rent") == ["6310"]
    assert codes(ledger, type="income", q="rent") == []
