"""One door for every format."""

import pytest
from core import Money, currency
from statements import StatementError, fingerprint, read_statement, sniff


def test_a_format_is_known_by_its_start(camt: str, mt940: str, german_csv: str) -> None:
    assert [sniff(text) for text in (camt, mt940, german_csv)] == ["camt", "mt940", "csv"]


def test_a_byte_order_mark_is_passed_over(camt: str, german_csv: str) -> None:
    assert sniff("\ufeff" + camt) == "camt"
    assert len(read_statement("\ufeff" + german_csv, "x").transactions) == 2


def test_a_swift_envelope_is_mt940() -> None:
    assert sniff("{1:F01BANKDEFFXXXX}{4:\n:20:X") == "mt940"


def test_all_formats_bring_the_same_transactions(camt: str, mt940: str, german_csv: str) -> None:
    statements = [read_statement(text, "x") for text in (camt, mt940, german_csv)]
    prints = [[fingerprint(one) for one in statement.transactions] for statement in statements]
    assert prints[0] == prints[1] == prints[2]
    assert {statement.turnover for statement in statements} == {
        Money.of("1100.50", currency("EUR"))
    }


def test_line_ends_of_windows_make_no_difference(mt940: str) -> None:
    assert read_statement(mt940.replace("\n", "\r\n"), "x") == read_statement(mt940, "x")


def test_the_account_is_the_caller_s_where_the_format_has_none(german_csv: str, camt: str) -> None:
    assert read_statement(german_csv, "Giro").account == "Giro"
    assert read_statement(camt, "Giro").account == "DE89370400440532013000"


def test_text_in_no_format_is_refused() -> None:
    with pytest.raises(StatementError, match="no known bank exports the columns `hello`"):
        read_statement("hello\n", "x")
