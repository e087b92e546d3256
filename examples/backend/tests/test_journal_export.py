"""The journal as CSV."""

import csv
import io

from bookkeeper import Bookkeeper

YEAR = {"since": "2024-01-01", "until": "2024-12-31"}


def exported(books: Bookkeeper, **params: str) -> list[dict[str, str]]:
    response = books.request("GET", "/reports/journal.csv", params=params or YEAR)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


def test_empty_books_export_a_header(books: Bookkeeper) -> None:
    response = books.request("GET", "/reports/journal.csv", params=YEAR)
    assert response.text == "number,day,text,account,amount,currency,base_amount\r\n"


def test_every_line_is_a_row(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-17", "6310", "1200", "700", text="Rent")
    assert exported(ledger)[0] == {
        "number": "2024-1",
        "day": "2024-05-17",
        "text": "Rent",
        "account": "6310",
        "amount": "700.00",
        "currency": "EUR",
        "base_amount": "700.00",
    }
    assert len(exported(ledger)) == 2


def test_rows_are_in_the_order_of_numbers(ledger: Bookkeeper) -> None:
    for day in ("2024-12-01", "2024-01-01", "2024-06-01"):
        ledger.post(day, "6310", "1200", "1")
    assert [row["number"] for row in exported(ledger)][::2] == ["2024-1", "2024-2", "2024-3"]


def test_only_the_period_asked_for_is_exported(ledger: Bookkeeper) -> None:
    for number in range(1, 13):
        ledger.post(f"2024-{number:02}-15", "6310", "1200", "1")
    assert len(exported(ledger, since="2024-04-01", until="2024-06-30")) == 6


def test_commas_quotes_and_lines_in_a_text_survive(ledger: Bookkeeper) -> None:
    text = 'Rent, "May"\nand June'
    ledger.post("2024-05-17", "6310", "1200", "1", text=text)
    assert exported(ledger)[0]["text"] == text


def test_a_text_is_no_formula(ledger: Bookkeeper) -> None:
    ledger.post("2024-05-17", "6310", "1200", "1", text="=HYPERLINK(1)")
    row = exported(ledger)[1]
    assert (row["text"], row["amount"]) == ("'=HYPERLINK(1)", "-1.00")


def test_an_export_of_a_thousand_rows_adds_up_to_zero(ledger: Bookkeeper) -> None:
    for block in range(10):
        lines = [{"account": "6325", "amount": str(cost)} for cost in range(1, 100)]
        lines.append({"account": "1200", "amount": "-4950"})
        day = f"2024-05-{block + 1:02}"
        ledger.send("/entries", {"day": day, "text": f"Block {block}", "lines": lines})
    rows = exported(ledger)
    assert len(rows) == 1000
    assert sum(float(row["base_amount"]) for row in rows) == 0
