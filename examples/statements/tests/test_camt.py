"""ISO 20022's camt.053."""

from datetime import date

import pytest
from core import Money, currency
from statements import IncompleteStatementError, StatementError, read_camt

EUR = currency("EUR")


def test_account_and_balances_are_read(camt: str) -> None:
    statement = read_camt(camt)
    assert statement.account == "DE89370400440532013000"
    assert (statement.opening, statement.closing) == (Money.of(1000, EUR), Money.of("2100.5", EUR))


def test_an_entry_that_is_only_announced_is_left_out(camt: str) -> None:
    assert len(read_camt(camt).transactions) == 2


def test_the_other_side_pays_what_comes_in_and_gets_what_goes_out(camt: str) -> None:
    credit, debit = read_camt(camt).transactions
    assert (credit.counterparty, credit.amount) == ("Muster GmbH", Money.of(1190, EUR))
    assert (debit.counterparty, debit.amount) == ("City Power", Money.of("-89.50", EUR))


def test_purpose_day_and_reference_are_read(camt: str) -> None:
    credit = read_camt(camt).transactions[0]
    assert credit.purpose == "Invoice RE-2024-7 with thanks"
    assert (credit.booked_on, credit.reference) == (date(2024, 5, 2), "RE-2024-7")


def test_details_may_be_missing(camt: str) -> None:
    assert read_camt(camt).transactions[1].reference == ""


@pytest.mark.parametrize("version", ["02", "04", "13"])
def test_the_version_of_the_standard_does_not_matter(camt: str, version: str) -> None:
    assert read_camt(camt.replace("053.001.08", f"053.001.{version}")) == read_camt(camt)


def test_a_lost_entry_is_noticed(camt: str) -> None:
    with pytest.raises(
        IncompleteStatementError, match=r"transactions worth -89\.50 EUR are missing"
    ):
        read_camt(
            camt.replace(
                "<Sts>BOOK</Sts>\n    <BookgDt><Dt>2024-05-06", "<Sts>PDNG</Sts><BookgDt><Dt>"
            )
        )


def test_text_that_is_not_xml_is_refused() -> None:
    with pytest.raises(StatementError, match="not XML: "):
        read_camt("<Document>")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Stmt>", "Nothing>", "element `Stmt` is missing"),
        ("OPBD", "XXXX", "balance `OPBD` is missing"),
        ("IBAN>", "Othr>", "element `Acct/Id/IBAN` is missing"),
    ],
)
def test_what_a_statement_needs_is_named(camt: str, old: str, new: str, message: str) -> None:
    with pytest.raises(StatementError, match=message):
        read_camt(camt.replace(old, new))
