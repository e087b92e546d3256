"""Numbers of entries: from 1 in every year, without gap."""

from backend.ledger.numbering import next_number
from backend.models import NumberSequence
from bookkeeper import Bookkeeper, entry
from sqlalchemy.orm import Session


def numbers(books: Bookkeeper) -> list[str]:
    return [found["number"] for found in books.ask("/entries")["items"]]


def test_numbers_count_from_one(ledger: Bookkeeper) -> None:
    for _ in range(3):
        ledger.post("2024-05-17", "6310", "1200", "1")
    assert numbers(ledger) == ["2024-1", "2024-2", "2024-3"]


def test_the_order_of_posting_counts_and_not_the_day(ledger: Bookkeeper) -> None:
    for day in ("2024-12-31", "2024-01-01"):
        ledger.post(day, "6310", "1200", "1")
    assert [found["day"] for found in ledger.ask("/entries")["items"]] == [
        "2024-12-31",
        "2024-01-01",
    ]
    assert numbers(ledger) == ["2024-1", "2024-2"]


def test_every_year_has_its_own_numbers(ledger: Bookkeeper) -> None:
    for year in (2023, 2024, 2023, 2024):
        ledger.post(f"{year}-05-17", "6310", "1200", "1")
    assert numbers(ledger) == ["2023-1", "2024-1", "2023-2", "2024-2"]


def test_entries_with_refusals_between_them_have_no_gap(ledger: Bookkeeper) -> None:
    wrong = entry("2024-05-17", "6310", "1200", "1")
    wrong["lines"].append({"account": "1200", "amount": "5"})
    for _ in range(25):
        ledger.post("2024-05-17", "6310", "1200", "1")
        ledger.problem("POST", "/entries", json=wrong)
    assert numbers(ledger) == [f"2024-{number}" for number in range(1, 26)]


def test_a_rollback_gives_the_number_back(session: Session) -> None:
    assert next_number(session, 2024) == 1
    session.rollback()
    assert next_number(session, 2024) == 1


def test_a_commit_keeps_the_number(session: Session) -> None:
    next_number(session, 2024)
    session.commit()
    assert next_number(session, 2024) == 2
    assert session.get_one(NumberSequence, 2024).last == 2
