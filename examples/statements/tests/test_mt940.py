"""SWIFT's MT940."""

from datetime import date

import pytest
from core import Money, currency
from statements import IncompleteStatementError, StatementError, read_mt940

EUR = currency("EUR")


def test_account_and_balances_are_read(mt940: str) -> None:
    statement = read_mt940(mt940)
    assert statement.account == "DE89370400440532013000"
    assert statement.opening == Money.of(1000, EUR)
    assert statement.closing == Money.of("2100.50", EUR)


def test_a_credit_is_money_that_came_in(mt940: str) -> None:
    credit, debit = read_mt940(mt940).transactions
    assert credit.amount == Money.of(1190, EUR)
    assert debit.amount == Money.of("-89.50", EUR)


def test_subfields_become_purpose_and_counterparty(mt940: str) -> None:
    credit = read_mt940(mt940).transactions[0]
    assert credit.purpose == "Invoice RE-2024-7 with thanks"
    assert (credit.counterparty, credit.reference) == ("Muster GmbH", "RE-2024-7")
    assert credit.booked_on == date(2024, 5, 2)


@pytest.mark.parametrize(("mark", "sign"), [("C", 1), ("RD", 1), ("D", -1), ("RC", -1)])
def test_a_mark_decides_the_direction(mark: str, sign: int) -> None:
    closing = "C240501EUR1010,00" if sign > 0 else "C240501EUR990,00"
    text = f":25:X\n:60F:C240501EUR1000,00\n:61:240502{mark}10,NTRFREF\n:62F:{closing}\n-\n"
    assert read_mt940(text).turnover == Money.of(10 * sign, EUR)


def test_an_overdrawn_account_has_a_debit_balance() -> None:
    text = ":25:X\n:60F:D240501EUR5,00\n:62F:D240501EUR5,00\n"
    assert read_mt940(text).opening == Money.of(-5, EUR)


def test_a_transaction_needs_no_text() -> None:
    text = ":25:X\n:60F:C240501EUR0,\n:61:240502C1,NTRFREF\n:62F:C240501EUR1,\n"
    assert read_mt940(text).transactions[0].text == ""


def test_a_transaction_at_the_very_end_needs_no_text_either() -> None:
    text = ":25:X\n:60F:C240501EUR0,\n:62F:C240501EUR1,\n:61:240502C1,NTRFREF"
    assert len(read_mt940(text).transactions) == 1


def test_a_lost_transaction_is_noticed(mt940: str) -> None:
    with pytest.raises(
        IncompleteStatementError, match=r"transactions worth -0\.50 EUR are missing"
    ):
        read_mt940(mt940.replace("D89,5N", "D89,N"))


@pytest.mark.parametrize("tag", ["25", "60F", "62F"])
def test_a_field_that_is_missing_is_named(mt940: str, tag: str) -> None:
    with pytest.raises(StatementError, match=f"field :{tag}: is missing"):
        read_mt940(mt940.replace(f":{tag}:", ":99:"))


def test_a_balance_that_makes_no_sense_is_shown(mt940: str) -> None:
    with pytest.raises(StatementError, match="field :60F: is not a balance: `X1`"):
        read_mt940(mt940.replace("C240501EUR1000,00", "X1"))


def test_a_transaction_that_makes_no_sense_is_shown(mt940: str) -> None:
    with pytest.raises(StatementError, match="field :61: is not a transaction: `soon"):
        read_mt940(mt940.replace(":61:240502", ":61:soon"))
