"""Renaming, archiving and reviving accounts."""

import pytest
from bookkeeper import Bookkeeper, entry


def test_an_account_is_renamed(ledger: Bookkeeper) -> None:
    ledger.change("/accounts/1200", {"name": "Giro"})
    assert ledger.ask("/accounts/1200")["name"] == "Giro"


def test_what_is_left_out_stays(ledger: Bookkeeper) -> None:
    changed = ledger.change("/accounts/1200", {"archived": True})
    assert (changed["name"], changed["archived"]) == ("Bank", True)


def test_nothing_to_change_is_no_error(ledger: Bookkeeper) -> None:
    assert ledger.change("/accounts/1200", {}) == ledger.ask("/accounts/1200")


def test_an_archived_account_takes_no_entries(ledger: Bookkeeper) -> None:
    ledger.change("/accounts/6310", {"archived": True})
    body = entry("2024-05-01", "6310", "1200", "10")
    assert ledger.problem("POST", "/entries", json=body) == (
        409,
        "account-archived",
        "account `6310` is archived",
    )


def test_a_revived_account_takes_entries_again(ledger: Bookkeeper) -> None:
    ledger.change("/accounts/6310", {"archived": True})
    ledger.change("/accounts/6310", {"archived": False})
    assert ledger.post("2024-05-01", "6310", "1200", "10")["kind"] == "normal"


def test_an_account_with_a_balance_is_not_archived(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-01", "6310", "1200", "10")
    found = ledger.problem("PATCH", "/accounts/1200", json={"archived": True})
    assert found == (409, "account-has-balance", "account `1200` has a balance")


def test_an_account_whose_balance_is_back_at_zero_is_archived(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-01", "1200", "2000", "10")
    ledger.post("2024-05-02", "2000", "1200", "10")
    assert ledger.change("/accounts/1200", {"archived": True})["archived"] is True


@pytest.mark.parametrize("body", [{"code": "9"}, {"type": "income"}, {"name": ""}])
def test_code_and_type_are_for_ever(ledger: Bookkeeper, body: dict[str, str]) -> None:
    assert ledger.problem("PATCH", "/accounts/1200", json=body)[:2] == (422, "invalid-request")


def test_an_unknown_account_is_named(books: Bookkeeper) -> None:
    assert books.problem("PATCH", "/accounts/77", json={}) == (
        404,
        "no-such-account",
        "there is no account `77`",
    )
