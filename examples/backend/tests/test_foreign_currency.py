"""Entries in other currencies than the books'."""

import random

import pytest
from bookkeeper import Bookkeeper, entry

YEAR = {"since": "2024-01-01", "until": "2024-12-31"}


@pytest.fixture
def abroad(ledger: Bookkeeper) -> Bookkeeper:
    for currency, value in (("USD", "0.93"), ("JPY", "0.0061"), ("KWD", "2.98")):
        ledger.put("/rates", {"currency": currency, "day": "2024-01-01", "value": value})
    return ledger


def test_lines_are_kept_in_both_currencies(abroad: Bookkeeper) -> None:
    posted = abroad.post("2024-05-01", "1400", "4000", "100", currency="USD")
    line = posted["lines"][0]
    assert (line["amount"], line["base_amount"]) == ("100.00", "93.00")


@pytest.mark.parametrize(
    ("currency", "amount", "shown"), [("JPY", "5000", "5000"), ("KWD", "1.5", "1.500")]
)
def test_amounts_have_the_decimals_of_their_currency(
    abroad: Bookkeeper, currency: str, amount: str, shown: str
) -> None:
    posted = abroad.post("2024-05-01", "1400", "4000", amount, currency=currency)
    assert posted["lines"][0]["amount"] == shown


def test_a_yen_has_no_decimals(abroad: Bookkeeper) -> None:
    body = entry("2024-05-01", "1400", "4000", "0.5", currency="JPY")
    assert abroad.problem("POST", "/entries", json=body)[:2] == (422, "precision")


def test_without_a_rate_nothing_is_posted(ledger: Bookkeeper) -> None:
    body = entry("2024-05-01", "1400", "4000", "1", currency="GBP")
    assert ledger.problem("POST", "/entries", json=body)[:2] == (422, "missing-rate")
    assert ledger.ask("/entries")["items"] == []


def test_reports_are_in_the_currency_of_the_books(abroad: Bookkeeper) -> None:
    abroad.post("2024-05-01", "1400", "4000", "100", currency="USD")
    abroad.post("2024-05-01", "1400", "4000", "7")
    assert abroad.ask("/reports/profit-and-loss", **YEAR)["profit"] == "100.00"


def test_a_later_rate_leaves_entries_as_they_were(abroad: Bookkeeper) -> None:
    abroad.post("2024-05-01", "1400", "4000", "100", currency="USD")
    abroad.put("/rates", {"currency": "USD", "day": "2024-01-01", "value": "0.5"})
    assert abroad.ask("/reports/profit-and-loss", **YEAR)["profit"] == "93.00"


def test_a_reversal_uses_the_rate_of_then(abroad: Bookkeeper) -> None:
    posted = abroad.post("2024-05-01", "1400", "4000", "100", currency="USD")
    abroad.put("/rates", {"currency": "USD", "day": "2024-06-01", "value": "0.5"})
    abroad.send(f"/entries/{posted['id']}/reversal", {"day": "2024-06-02"})
    assert abroad.ask("/reports/profit-and-loss", **YEAR)["profit"] == "0.00"


def test_cents_lost_in_conversion_do_not_unbalance_the_books(abroad: Bookkeeper) -> None:
    chance = random.Random(3)
    for _ in range(25):
        cents = [chance.randint(1, 500) for _ in range(chance.randint(2, 9))]
        lines = [{"account": "6325", "amount": f"{one / 100:.2f}"} for one in cents]
        lines.append({"account": "1200", "amount": f"-{sum(cents) / 100:.2f}"})
        body = {"day": "2024-05-01", "text": "Fees", "currency": "USD", "lines": lines}
        abroad.send("/entries", body)
    report = abroad.ask("/reports/trial-balance", **YEAR)
    assert report["debit"] == report["credit"]
