"""Removing accounts that were never used."""

from bookkeeper import Bookkeeper


def refusal(books: Bookkeeper, code: str) -> tuple[int, str, str]:
    return books.problem("DELETE", f"/accounts/{code}")


def test_an_unused_account_is_removed(ledger: Bookkeeper) -> None:
    ledger.remove("/accounts/1400")
    assert ledger.problem("GET", "/accounts/1400")[0] == 404


def test_a_removed_code_is_free_again(ledger: Bookkeeper) -> None:
    ledger.remove("/accounts/1400")
    assert ledger.account("1400", "income")["type"] == "income"


def test_an_account_with_entries_stays(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-01", "6310", "1200", "10")
    message = "account `1200` is used; archive it instead"
    assert refusal(ledger, "1200") == (409, "account-used", message)


def test_an_account_stays_even_when_its_entries_were_reversed(ledger: Bookkeeper) -> None:
    posted = ledger.post("2024-05-01", "6310", "1200", "10")
    ledger.send(f"/entries/{posted['id']}/reversal", {"day": "2024-05-02"})
    assert refusal(ledger, "6310")[1] == "account-used"


def test_a_parent_stays(books: Bookkeeper) -> None:
    books.account("1")
    books.account("1.1", parent="1")
    assert refusal(books, "1")[1] == "account-used"
    books.remove("/accounts/1.1")
    books.remove("/accounts/1")


def test_a_planned_account_stays(ledger: Bookkeeper) -> None:
    ledger.put("/budgets", {"account": "6310", "year": 2024, "month": 5, "amount": "1"})
    assert refusal(ledger, "6310")[1] == "account-used"


def test_a_removed_account_cannot_be_removed_again(ledger: Bookkeeper) -> None:
    ledger.remove("/accounts/1400")
    assert refusal(ledger, "1400")[:2] == (404, "no-such-account")
