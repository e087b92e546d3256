"""Transactions of statements: categories, and the entries that book them."""

import pytest
from bookkeeper import Bookkeeper

STATEMENT = """\
Date,Name,Details,Amount,Currency
2024-05-02,Muster GmbH,Invoice RE-7,1190.00,EUR
2024-05-06,City,Power May,-89.50,EUR
2024-05-07,Landlord,Rent May,-700.00,EUR
2024-05-31,Bank,Fee,-4.90,EUR
2024-05-31,Nobody,Something,-1.00,EUR
"""


@pytest.fixture
def bank(ledger: Bookkeeper) -> Bookkeeper:
    ledger.statement("1200", STATEMENT)
    return ledger


def transaction(books: Bookkeeper, category: str) -> int:
    (found,) = books.ask("/transactions", category=category)["items"]
    return int(found["id"])


def book(books: Bookkeeper, category: str, against: str) -> dict[str, object]:
    path = f"/transactions/{transaction(books, category)}/entry"
    answer: dict[str, object] = books.send(path, {"against": against})
    return answer


def test_every_transaction_gets_a_category(bank: Bookkeeper) -> None:
    categories = [found["category"] for found in bank.ask("/transactions")["items"]]
    assert categories == ["customer", "energy", "rent", "bank fee", "other"]


def test_a_booking_moves_money_from_the_bank(bank: Bookkeeper) -> None:
    entry = book(bank, "rent", "6310")
    lines = bank.ask(f"/entries/{entry['id']}")["lines"]
    assert [(line["account"], line["amount"]) for line in lines] == [
        ("1200", "-700.00"),
        ("6310", "700.00"),
    ]


def test_a_booking_says_who_and_what_for(bank: Bookkeeper) -> None:
    entry = book(bank, "customer", "1400")
    assert (entry["text"], entry["day"]) == ("Muster GmbH: Invoice RE-7", "2024-05-02")


def test_a_booked_transaction_points_to_its_entry(bank: Bookkeeper) -> None:
    entry = book(bank, "rent", "6310")
    (found,) = bank.ask("/transactions", booked=True)["items"]
    assert found["entry"] == entry["id"]
    assert len(bank.ask("/transactions", booked=False)["items"]) == 4


def test_a_transaction_is_booked_once(bank: Bookkeeper) -> None:
    number = transaction(bank, "rent")
    book(bank, "rent", "6310")
    found = bank.problem("POST", f"/transactions/{number}/entry", json={"against": "6310"})
    assert found == (409, "already-booked", f"transaction {number} was booked before")


def test_an_unknown_transaction_is_named(bank: Bookkeeper) -> None:
    found = bank.problem("POST", "/transactions/4711/entry", json={"against": "6310"})
    assert found == (404, "no-such-transaction", "there is no transaction 4711")


def test_a_transaction_waits_while_its_account_is_unknown(bank: Bookkeeper) -> None:
    path = f"/transactions/{transaction(bank, 'rent')}/entry"
    assert bank.problem("POST", path, json={"against": "9"})[1] == "no-such-account"
    assert bank.ask("/transactions", booked=True)["items"] == []


def test_a_transaction_abroad_is_booked_in_its_currency(ledger: Bookkeeper) -> None:
    ledger.put("/rates", {"currency": "USD", "day": "2024-01-01", "value": "0.5"})
    ledger.statement("1200", STATEMENT.splitlines()[0] + "\n2024-05-02,A,Rent,-10.00,USD\n")
    entry = book(ledger, "rent", "6310")
    assert entry["currency"] == "USD"
    sheet = ledger.ask("/reports/accounts/6310", since="2024-05-01", until="2024-05-31")
    assert sheet["lines"][0]["amount"] == "5.00"


def test_all_booked_the_account_agrees_with_the_statement(bank: Bookkeeper) -> None:
    for found in bank.ask("/transactions")["items"]:
        bank.send(f"/transactions/{found['id']}/entry", {"against": "1400"})
    assert bank.ask("/accounts/1200/group-balance")["balance"] == "394.60"
