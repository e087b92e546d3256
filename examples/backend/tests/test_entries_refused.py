"""Entries that must not get into the books."""

from typing import Any

import pytest
from bookkeeper import Bookkeeper, entry


def refusal(books: Bookkeeper, **changes: Any) -> tuple[int, str, str]:
    body = {**entry("2024-05-17", "6310", "1200", "10"), **changes}
    found = books.problem("POST", "/entries", json=body)
    assert books.ask("/entries")["items"] == [], "a refused entry left something behind"
    return found


def lines(*amounts: str) -> list[dict[str, str]]:
    codes = ("6310", "1200", "4000")
    return [
        {"account": code, "amount": amount} for code, amount in zip(codes, amounts, strict=False)
    ]


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ((), "an entry has two lines or more, found 0"),
        (("10",), "an entry has two lines or more, found 1"),
        (("10", "10"), "debits and credits differ by 20.00 EUR"),
        (("10", "-9.99"), "debits and credits differ by 0.01 EUR"),
        (("10", "-10", "0"), "an entry has no lines of zero"),
        (("0", "0"), "an entry has no lines of zero"),
    ],
)
def test_lines_balance(ledger: Bookkeeper, amounts: tuple[str, ...], message: str) -> None:
    assert refusal(ledger, lines=lines(*amounts)) == (422, "unbalanced-entry", message)


def test_a_fraction_of_a_cent_is_refused(ledger: Bookkeeper) -> None:
    found = refusal(ledger, lines=lines("0.001", "-0.001"))
    assert found == (422, "precision", "0.001 has more than 2 decimals of EUR")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "ten", "", "1e30"])
def test_an_amount_is_a_number_of_human_size(ledger: Bookkeeper, amount: str) -> None:
    assert refusal(ledger, lines=lines(amount, "-10"))[:2] == (422, "invalid-request")


def test_an_account_has_to_exist(ledger: Bookkeeper) -> None:
    unknown = [{"account": "9999", "amount": "1"}, {"account": "1200", "amount": "-1"}]
    assert refusal(ledger, lines=unknown) == (
        404,
        "no-such-account",
        "there is no account `9999`",
    )


@pytest.mark.parametrize("day", ["2024-02-30", "17.05.2024", "yesterday", None])
def test_a_day_has_to_exist(ledger: Bookkeeper, day: str | None) -> None:
    assert refusal(ledger, day=day)[:2] == (422, "invalid-request")


@pytest.mark.parametrize("text", ["", " ", "x" * 501])
def test_an_entry_says_what_it_is_about(ledger: Bookkeeper, text: str) -> None:
    assert refusal(ledger, text=text)[:2] == (422, "invalid-request")


def test_an_unknown_currency_is_named(ledger: Bookkeeper) -> None:
    status, kind, detail = refusal(ledger, currency="XXX")
    assert (status, kind) == (422, "invalid-request"), detail


def test_a_misspelt_field_is_refused(ledger: Bookkeeper) -> None:
    assert refusal(ledger, currrency="EUR")[:2] == (422, "invalid-request")


def test_a_refused_entry_takes_no_number(ledger: Bookkeeper) -> None:
    refusal(ledger, lines=lines("1", "-2"))
    assert ledger.post("2024-05-17", "6310", "1200", "10")["number"] == "2024-1"
