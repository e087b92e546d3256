"""Requests at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bookkeeper import Bookkeeper, entry
from fastapi.testclient import TestClient

WORKERS = 4


def at_once(times: int, work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(times)))


@pytest.fixture
def request_of(client: TestClient) -> Callable[..., Any]:
    """A client that threads may share, since each request is a task on its own."""
    return Bookkeeper(client).request


def test_numbers_are_unique_and_without_gap(ledger: Bookkeeper) -> None:
    posted = at_once(40, lambda _: ledger.post("2024-05-17", "6310", "1200", "1"))
    numbers = sorted(int(found["number"].removeprefix("2024-")) for found in posted)
    assert numbers == list(range(1, 41))


def test_one_key_is_done_once(ledger: Bookkeeper) -> None:
    body = entry("2024-05-17", "6310", "1200", "1")
    headers = {"Idempotency-Key": "once"}
    answers = at_once(12, lambda _: ledger.send("/entries", body, headers=headers))
    assert len({answer["id"] for answer in answers}) == 1
    assert len(ledger.ask("/entries")["items"]) == 1


def test_one_entry_is_reversed_once(ledger: Bookkeeper, request_of: Callable[..., Any]) -> None:
    posted = ledger.post("2024-05-17", "6310", "1200", "1")
    path = f"/entries/{posted['id']}/reversal"
    body = {"day": "2024-05-18"}
    responses = at_once(8, lambda _: request_of("POST", path, json=body))
    assert sorted(response.status_code for response in responses) == [201] + [409] * 7


def test_one_transaction_is_booked_once(ledger: Bookkeeper, request_of: Callable[..., Any]) -> None:
    ledger.statement("1200", "Date,Name,Details,Amount,Currency\n2024-05-17,A,Rent,-5.00,EUR\n")
    (waiting,) = ledger.ask("/transactions")["items"]
    path = f"/transactions/{waiting['id']}/entry"
    responses = at_once(8, lambda _: request_of("POST", path, json={"against": "6310"}))
    assert sorted(response.status_code for response in responses) == [201] + [409] * 7


def test_the_books_balance_after_everything_at_once(ledger: Bookkeeper) -> None:
    codes = ["1200", "1400", "1600", "2000"]

    def work(number: int) -> None:
        debit, credit = codes[number % 4], codes[(number + 1 + number // 4 % 3) % 4]
        ledger.post(f"2024-05-{number % 28 + 1:02}", debit, credit, str(number + 1))

    at_once(60, work)
    report = ledger.ask("/reports/trial-balance", since="2024-05-01", until="2024-05-31")
    assert report["debit"] == report["credit"] == f"{sum(range(1, 61))}.00"
