"""The CSV of online banking."""

from datetime import date
from decimal import Decimal

import pytest
from core import SWISS, Money, currency
from statements import Profile, StatementError, read_csv

EUR = currency("EUR")
HEADER = "Date,Name,Details,Amount,Currency"


def test_a_german_export_is_read(german_csv: str) -> None:
    first, second = read_csv(german_csv, "Giro").transactions
    assert (first.booked_on, first.amount) == (date(2024, 5, 2), Money.of(1190, EUR))
    assert (second.counterparty, second.amount.amount) == ("CITY POWER", Decimal("-89.50"))


def test_an_english_export_may_quote_its_commas() -> None:
    text = f'{HEADER}\n2024-05-02,"Muster, Inc.",Rent,"-1,200.00",USD\n'
    statement = read_csv(text, "Checking")
    assert statement.transactions[0].counterparty == "Muster, Inc."
    assert statement.turnover == Money.of(-1200, currency("USD"))
    assert statement.account == "Checking"


def test_an_export_has_no_balances(german_csv: str) -> None:
    statement = read_csv(german_csv, "Giro")
    assert (statement.opening, statement.closing) == (None, None)


def test_more_columns_than_needed_do_no_harm() -> None:
    text = f"Branch,{HEADER}\n7,2024-05-02,A,B,1.00,EUR\n"
    assert read_csv(text, "x").turnover == Money.of(1, EUR)


def test_a_bank_of_one_s_own_is_described_by_a_profile() -> None:
    swiss = Profile("|", SWISS, "%d/%m/%y", "Tag", "Summe", "W", "Wer", "Was")
    statement = read_csv("Tag|Wer|Was|Summe|W\n31/12/24|A|B|1'000.50|CHF\n", "x", swiss)
    assert statement.transactions[0].booked_on == date(2024, 12, 31)
    assert statement.turnover == Money.of("1000.50", currency("CHF"))


def test_unknown_columns_are_shown() -> None:
    with pytest.raises(StatementError, match="no known bank exports the columns `When;What`"):
        read_csv("When;What\n1;2\n", "x")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2024-05-32,A,B,1.00,EUR", "line 3: unconverted data remains: 2"),
        ("2024-05-02,A,B,one,EUR", "line 3: `one` is not a number"),
        ("2024-05-02,A,B,1.00,XXX", "line 3: `XXX` is no currency"),
        ("2024-05-02,A,B,1.001,EUR", "line 3: 1.001 has more than 2 decimals"),
    ],
)
def test_a_bad_row_is_named_by_its_line(row: str, message: str) -> None:
    with pytest.raises(StatementError) as caught:
        read_csv(f"{HEADER}\n2024-05-01,A,B,1.00,EUR\n{row}\n", "x")
    assert str(caught.value).startswith(message)


def test_a_profile_that_does_not_fit_names_the_column(german_csv: str) -> None:
    other = Profile(";", SWISS, "%d.%m.%Y", "Buchungstag", "Summe", "Währung", "Name", "Was")
    with pytest.raises(StatementError, match="line 2: no column 'Summe'"):
        read_csv(german_csv, "x", other)


def test_an_export_has_one_currency() -> None:
    with pytest.raises(StatementError, match="found EUR, USD in one export, expected one currency"):
        read_csv(f"{HEADER}\n2024-05-01,A,B,1,USD\n2024-05-01,A,B,1,EUR\n", "x")


def test_an_export_without_rows_is_refused() -> None:
    with pytest.raises(StatementError, match="the export has no transactions"):
        read_csv(f"{HEADER}\n", "x")
