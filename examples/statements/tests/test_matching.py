"""Finding the invoice that a payment pays."""

from datetime import date, timedelta

import pytest
from core import Money, currency
from statements import OpenItem, Transaction, match_items

EUR = currency("EUR")
DUE = date(2024, 5, 17)
ITEM = OpenItem("RE-10", Money(11900, EUR), DUE)


def paid(purpose: str, cents: int = 11900, days: int = 0, reference: str = "") -> Transaction:
    day = DUE + timedelta(days=days)
    return Transaction(day, Money(cents, EUR), "Muster GmbH", purpose, reference)


@pytest.mark.parametrize("purpose", ["RE-10", "your invoice re-10, thanks", "RE-9 RE-10"])
def test_the_number_in_the_purpose_decides(purpose: str) -> None:
    (match,) = match_items([paid(purpose, days=200)], [ITEM])
    assert (match.item, match.by) == (ITEM, "number")


def test_the_number_may_stand_in_the_reference() -> None:
    (match,) = match_items([paid("", reference="RE-10", days=99)], [ITEM])
    assert match.by == "number"


@pytest.mark.parametrize("purpose", ["RE-100", "XRE-10", "RE-10-2"])
def test_a_longer_number_is_another_number(purpose: str) -> None:
    assert match_items([paid(purpose, cents=1)], [ITEM]) == ()


def test_what_was_paid_too_little_is_the_difference() -> None:
    (match,) = match_items([paid("RE-10", cents=11662)], [ITEM])
    assert match.difference == Money(-238, EUR)


@pytest.mark.parametrize(("days", "matches"), [(-11, 0), (-10, 1), (0, 1), (21, 1), (22, 0)])
def test_without_a_number_amount_and_days_decide(days: int, matches: int) -> None:
    assert len(match_items([paid("thanks", days=days)], [ITEM])) == matches


def test_two_items_of_one_amount_stay_unmatched() -> None:
    twin = OpenItem("RE-11", ITEM.amount, DUE)
    assert match_items([paid("thanks")], [ITEM, twin]) == ()


def test_a_number_elsewhere_makes_the_amount_clear() -> None:
    twin = OpenItem("RE-11", ITEM.amount, DUE)
    matches = match_items([paid("thanks"), paid("RE-11")], [ITEM, twin])
    assert [(match.item.number, match.by) for match in matches] == [
        ("RE-11", "number"),
        ("RE-10", "amount"),
    ]


def test_an_item_is_paid_once() -> None:
    assert len(match_items([paid("RE-10"), paid("RE-10")], [ITEM])) == 1


def test_a_payment_of_ours_does_not_pay_a_customer_s_invoice() -> None:
    assert match_items([paid("refund RE-10", cents=-11900)], [ITEM]) == ()


def test_another_currency_does_not_match() -> None:
    item = OpenItem("RE-10", Money(11900, currency("USD")), DUE)
    assert match_items([paid("RE-10")], [item]) == ()


def test_a_hundred_payments_find_their_hundred_invoices() -> None:
    items = [OpenItem(f"RE-{number}", Money(number, EUR), DUE) for number in range(1, 101)]
    payments = [paid(f"RE-{number}", cents=number) for number in range(100, 0, -1)]
    matches = match_items(payments, items)
    assert len(matches) == 100
    assert not any(match.difference for match in matches)
