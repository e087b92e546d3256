"""Posting entries."""

from bookkeeper import Bookkeeper


def test_a_posted_entry_can_be_shown(ledger: Bookkeeper) -> None:
    posted = ledger.post("2024-05-17", "6310", "1200", "1250.50", text="Rent May")
    assert ledger.ask(f"/entries/{posted['id']}") == posted
    assert (posted["day"], posted["text"], posted["kind"]) == ("2024-05-17", "Rent May", "normal")


def test_lines_keep_their_order_and_memos(ledger: Bookkeeper) -> None:
    lines = [
        {"account": "4000", "amount": "-100", "memo": "net"},
        {"account": "1600", "amount": "-19", "memo": "tax"},
        {"account": "1400", "amount": "119"},
    ]
    posted = ledger.send("/entries", {"day": "2024-05-17", "text": "Invoice", "lines": lines})
    assert [(line["account"], line["memo"]) for line in posted["lines"]] == [
        ("4000", "net"),
        ("1600", "tax"),
        ("1400", ""),
    ]


def test_amounts_are_answered_with_all_decimals(ledger: Bookkeeper) -> None:
    posted = ledger.post("2024-05-17", "6310", "1200", "5")
    assert [line["amount"] for line in posted["lines"]] == ["5.00", "-5.00"]


def test_an_account_may_stand_on_two_lines(ledger: Bookkeeper) -> None:
    lines = [
        {"account": "6310", "amount": "70"},
        {"account": "6310", "amount": "30"},
        {"account": "1200", "amount": "-100"},
    ]
    posted = ledger.send("/entries", {"day": "2024-05-17", "text": "Rent", "lines": lines})
    assert len(posted["lines"]) == 3


def test_a_hundred_lines_make_one_entry(ledger: Bookkeeper) -> None:
    lines = [{"account": "6325", "amount": f"{cents / 100:.2f}"} for cents in range(1, 100)]
    lines.append({"account": "1200", "amount": "-49.50"})
    posted = ledger.send("/entries", {"day": "2024-05-17", "text": "Meters", "lines": lines})
    assert len(posted["lines"]) == 100
    assert posted["lines"][41]["amount"] == "0.42"


def test_the_largest_amounts_stay_exact(ledger: Bookkeeper) -> None:
    posted = ledger.post("2024-05-17", "1200", "2000", "12345678901234.56")
    assert posted["lines"][0]["amount"] == "12345678901234.56"


def test_a_number_of_json_is_an_amount_too(ledger: Bookkeeper) -> None:
    lines = [{"account": "1200", "amount": 3}, {"account": "2000", "amount": -3}]
    posted = ledger.send("/entries", {"day": "2024-05-17", "text": "Start", "lines": lines})
    assert posted["lines"][0]["amount"] == "3.00"


def test_an_entry_of_long_ago_may_be_posted_today(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-17", "1200", "2000", "5")
    assert ledger.post("1999-12-31", "1200", "2000", "5")["number"] == "1999-1"


def test_an_unknown_entry_is_named(books: Bookkeeper) -> None:
    found = books.problem("GET", "/entries/4711")
    assert found == (404, "no-such-entry", "there is no entry 4711")
