"""Importing bank statements in every format."""

import pytest
from bookkeeper import Bookkeeper

CSV = """\
Buchungstag;Name;Verwendungszweck;Betrag;Währung
02.05.2024;Muster GmbH;Invoice RE-2024-7;1.190,00;EUR
06.05.2024;City Power;Power May;-89,50;EUR
"""
MT940 = """\
:20:STARTUMS
:25:DE89370400440532013000
:60F:C240501EUR1000,00
:61:2405020502CR1190,00NTRFRE-2024-7
:86:166?20Invoice RE-2024-7?32Muster GmbH
:61:2405060506D89,50NMSCNONREF
:86:105?20Power May?32City Power
:62F:C240531EUR2100,50
-
"""
HEADERS = {"content-type": "text/plain"}


def test_a_csv_export_is_imported(ledger: Bookkeeper) -> None:
    done = ledger.statement("1200", CSV)
    assert (done["format"], done["new"], done["known"]) == ("csv", 2, 0)


def test_an_mt940_statement_is_imported(ledger: Bookkeeper) -> None:
    done = ledger.statement("1200", MT940)
    assert (done["format"], done["new"], done["known"]) == ("mt940", 2, 0)


@pytest.mark.parametrize("text", [CSV, MT940])
def test_every_format_brings_the_same_transactions(ledger: Bookkeeper, text: str) -> None:
    ledger.statement("1200", text)
    first, second = ledger.ask("/transactions")["items"]
    assert (first["counterparty"], first["amount"]) == ("Muster GmbH", "1190.00")
    assert (second["purpose"], second["amount"]) == ("Power May", "-89.50")
    assert (first["booked_on"], second["booked_on"]) == ("2024-05-02", "2024-05-06")


def test_a_statement_that_lacks_a_transaction_is_refused_whole(ledger: Bookkeeper) -> None:
    torn = MT940.replace("D89,50", "D9,50")
    found = ledger.problem("POST", "/accounts/1200/statements", content=torn, headers=HEADERS)
    message = "transactions worth -80.00 EUR are missing"
    assert found == (422, "incomplete-statement", message)
    assert ledger.ask("/transactions")["items"] == []


def test_text_in_no_format_is_refused(ledger: Bookkeeper) -> None:
    found = ledger.problem("POST", "/accounts/1200/statements", content="hello", headers=HEADERS)
    assert found == (422, "statement", "no known bank exports the columns `hello`")


@pytest.mark.parametrize("code", ["2000", "4000", "6310"])
def test_only_an_account_at_a_bank_has_statements(ledger: Bookkeeper, code: str) -> None:
    path = f"/accounts/{code}/statements"
    found = ledger.problem("POST", path, content=CSV, headers=HEADERS)
    assert found[:2] == (422, "no-bank-account")


def test_a_credit_card_has_statements_too(ledger: Bookkeeper) -> None:
    assert ledger.statement("1600", CSV)["new"] == 2


def test_a_statement_of_four_hundred_transactions_is_imported(ledger: Bookkeeper) -> None:
    rows = "".join(
        f"2024-{number % 12 + 1:02}-15,Customer {number},RE-{number},{number}.00,EUR\n"
        for number in range(1, 401)
    )
    done = ledger.statement("1200", "Date,Name,Details,Amount,Currency\n" + rows)
    assert done["new"] == 400
