"""Requests that are sent twice."""

from typing import Any

import pytest
from backend.models import IdempotencyRecord
from bookkeeper import Bookkeeper, entry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

BODY = entry("2024-05-17", "6310", "1200", "10")


def post(books: Bookkeeper, key: str, body: dict[str, Any] = BODY) -> Any:
    return books.send("/entries", body, headers={"Idempotency-Key": key})


def count(books: Bookkeeper) -> int:
    return len(books.ask("/entries")["items"])


def test_the_second_request_gets_the_first_answer(ledger: Bookkeeper) -> None:
    assert post(ledger, "a") == post(ledger, "a")
    assert count(ledger) == 1


def test_without_a_key_every_request_counts(ledger: Bookkeeper) -> None:
    ledger.send("/entries", BODY)
    ledger.send("/entries", BODY)
    assert count(ledger) == 2


def test_another_key_is_another_request(ledger: Bookkeeper) -> None:
    assert post(ledger, "a")["id"] != post(ledger, "b")["id"]


def test_a_key_belongs_to_one_request(ledger: Bookkeeper) -> None:
    post(ledger, "a")
    other = {**BODY, "text": "Other"}
    headers = {"Idempotency-Key": "a"}
    found = ledger.problem("POST", "/entries", json=other, headers=headers)
    assert found == (409, "key-reused", "key `a` belongs to another request")


def test_the_same_request_may_be_written_differently(ledger: Bookkeeper) -> None:
    first = post(ledger, "a")
    spaced = {**BODY, "text": " Test ", "currency": "eur"}
    assert post(ledger, "a", spaced) == first


def test_a_request_that_failed_may_be_sent_again(ledger: Bookkeeper) -> None:
    ledger.put("/periods/2024/5/closed")
    headers = {"Idempotency-Key": "a"}
    assert ledger.problem("POST", "/entries", json=BODY, headers=headers)[0] == 409
    ledger.remove("/periods/2024/5/closed")
    assert post(ledger, "a")["number"] == "2024-1"


def test_the_answer_stays_when_the_month_is_closed_meanwhile(ledger: Bookkeeper) -> None:
    first = post(ledger, "a")
    ledger.put("/periods/2024/5/closed")
    assert post(ledger, "a") == first


def test_a_key_has_a_length_that_fits(ledger: Bookkeeper) -> None:
    headers = {"Idempotency-Key": "x" * 101}
    found = ledger.problem("POST", "/entries", json=BODY, headers=headers)
    assert found[:2] == (422, "invalid-request")


@pytest.mark.parametrize("repeats", [2, 20])
def test_a_key_leaves_one_record(ledger: Bookkeeper, session: Session, repeats: int) -> None:
    for _ in range(repeats):
        post(ledger, "a")
    assert session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 1
