"""Statements that overlap."""

from bookkeeper import Bookkeeper

HEADER = "Date,Name,Details,Amount,Currency\n"
MONDAY = "2024-05-13,Café,Card,-3.20,EUR\n"
TUESDAY = "2024-05-14,Landlord,Rent,-700.00,EUR\n"
GERMAN_MONDAY = "Buchungstag;Name;Verwendungszweck;Betrag;Währung\n13.05.2024;CAFÉ;CARD;-3,20;EUR\n"


def imported(books: Bookkeeper, text: str, code: str = "1200") -> tuple[int, int]:
    done = books.statement(code, text)
    return done["new"], done["known"]


def test_the_same_statement_brings_nothing_new(ledger: Bookkeeper) -> None:
    assert imported(ledger, HEADER + MONDAY + TUESDAY) == (2, 0)
    assert imported(ledger, HEADER + MONDAY + TUESDAY) == (0, 2)
    assert len(ledger.ask("/transactions")["items"]) == 2


def test_an_overlap_brings_what_is_new(ledger: Bookkeeper) -> None:
    imported(ledger, HEADER + MONDAY)
    assert imported(ledger, HEADER + MONDAY + TUESDAY) == (1, 1)


def test_two_coffees_on_one_day_are_two_transactions(ledger: Bookkeeper) -> None:
    assert imported(ledger, HEADER + MONDAY + MONDAY) == (2, 0)
    assert imported(ledger, HEADER + MONDAY * 3) == (1, 2)


def test_another_format_brings_nothing_new(ledger: Bookkeeper) -> None:
    imported(ledger, HEADER + MONDAY)
    assert imported(ledger, GERMAN_MONDAY) == (0, 1)


def test_another_account_has_transactions_of_its_own(ledger: Bookkeeper) -> None:
    imported(ledger, HEADER + MONDAY)
    assert imported(ledger, HEADER + MONDAY, code="1600") == (1, 0)


def test_a_booked_transaction_is_known_as_well(ledger: Bookkeeper) -> None:
    imported(ledger, HEADER + TUESDAY)
    (waiting,) = ledger.ask("/transactions")["items"]
    ledger.send(f"/transactions/{waiting['id']}/entry", {"against": "6310"})
    assert imported(ledger, HEADER + TUESDAY) == (0, 1)
    assert ledger.ask("/transactions", booked=False)["items"] == []
