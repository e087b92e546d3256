"""Currencies by code."""

import pytest
from core import UnknownCurrencyError, currency


@pytest.mark.parametrize(("code", "exponent"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_a_currency_has_the_decimals_of_iso_4217(code: str, exponent: int) -> None:
    assert currency(code).exponent == exponent


def test_a_code_is_found_in_either_case() -> None:
    assert currency("chf") is currency("CHF")


def test_a_currency_knows_how_many_minor_units_make_one_major_unit() -> None:
    assert [currency(code).units for code in ("JPY", "EUR", "TND")] == [1, 100, 1000]


def test_a_currency_is_written_as_its_code() -> None:
    assert str(currency("SEK")) == "SEK"


def test_an_unknown_code_is_named() -> None:
    with pytest.raises(UnknownCurrencyError, match="`XYZ` is no currency that we keep books in"):
        currency("XYZ")
