"""Taking entries back."""

import pytest
from bookkeeper import Bookkeeper


@pytest.fixture
def rent(ledger: Bookkeeper) -> int:
    posted = ledger.post("2024-05-17", "6310", "1200", "700", text="Rent May")
    return int(posted["id"])


def reverse(books: Bookkeeper, entry: int, day: str = "2024-05-20") -> dict[str, object]:
    answer: dict[str, object] = books.send(f"/entries/{entry}/reversal", {"day": day})
    return answer


def refusal(books: Bookkeeper, entry: int, day: str = "2024-05-20") -> tuple[int, str, str]:
    return books.problem("POST", f"/entries/{entry}/reversal", json={"day": day})


def test_a_reversal_points_to_its_entry(ledger: Bookkeeper, rent: int) -> None:
    reversal = reverse(ledger, rent)
    assert (reversal["kind"], reversal["reverses"]) == ("reversal", rent)
    assert (reversal["text"], reversal["day"]) == ("Reversal: Rent May", "2024-05-20")


def test_a_reversal_has_every_line_with_the_other_sign(ledger: Bookkeeper, rent: int) -> None:
    reverse(ledger, rent)
    sheet = ledger.ask("/reports/accounts/6310", since="2024-05-01", until="2024-05-31")
    assert [line["amount"] for line in sheet["lines"]] == ["700.00", "-700.00"]


def test_the_entry_itself_stays_as_it_was(ledger: Bookkeeper, rent: int) -> None:
    before = ledger.ask(f"/entries/{rent}")
    reverse(ledger, rent)
    assert ledger.ask(f"/entries/{rent}") == before


def test_an_entry_is_reversed_once(ledger: Bookkeeper, rent: int) -> None:
    reverse(ledger, rent)
    message = f"entry {rent} was reversed before"
    assert refusal(ledger, rent) == (409, "already-reversed", message)


def test_a_reversal_is_not_reversed(ledger: Bookkeeper, rent: int) -> None:
    reversal = reverse(ledger, rent)
    assert refusal(ledger, int(str(reversal["id"])))[:2] == (422, "is-reversal")


def test_a_reversal_is_not_before_its_entry(ledger: Bookkeeper, rent: int) -> None:
    found = refusal(ledger, rent, day="2024-05-16")
    assert found == (422, "too-early", "the entry is of 2024-05-17, found 2024-05-16")


def test_the_same_day_is_early_enough(ledger: Bookkeeper, rent: int) -> None:
    assert reverse(ledger, rent, day="2024-05-17")["day"] == "2024-05-17"


def test_a_closed_month_takes_no_reversal(ledger: Bookkeeper, rent: int) -> None:
    ledger.put("/periods/2024/5/closed")
    assert refusal(ledger, rent) == (409, "period-closed", "2024-05 is closed")


def test_an_entry_of_a_closed_month_is_reversed_in_the_next(ledger: Bookkeeper, rent: int) -> None:
    ledger.put("/periods/2024/5/closed")
    assert reverse(ledger, rent, day="2024-06-01")["number"] == "2024-2"


def test_a_reversal_counts_in_its_own_year(ledger: Bookkeeper, rent: int) -> None:
    assert reverse(ledger, rent, day="2025-01-02")["number"] == "2025-1"


def test_an_archived_account_does_not_stand_in_the_way(ledger: Bookkeeper, rent: int) -> None:
    ledger.post("2024-05-18", "1200", "6310", "700")
    ledger.change("/accounts/6310", {"archived": True})
    assert reverse(ledger, rent)["kind"] == "reversal"


def test_an_unknown_entry_is_not_reversed(books: Bookkeeper) -> None:
    assert refusal(books, 4711)[:2] == (404, "no-such-entry")
