"""Numbers as people write them."""

from decimal import Decimal

import pytest
from core import ENGLISH, GERMAN, SWISS, Money, Notation, NotationError, currency


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        (ENGLISH, "1,234.56"),
        (ENGLISH, "1234.56"),
        (GERMAN, "1.234,56"),
        (GERMAN, " 1234,56 "),
        (GERMAN, "+1.234,56"),
        (SWISS, "1'234.56"),
    ],
)
def test_a_number_is_read_in_its_notation(notation: Notation, text: str) -> None:
    assert notation.read(text) == Decimal("1234.56")


@pytest.mark.parametrize("text", ["-5,00", "5,00-"])
def test_a_sign_stands_before_or_after(text: str) -> None:
    assert GERMAN.read(text) == -5


@pytest.mark.parametrize("text", ["", "1,23.4", "12.34.5", "1.2345,00", "-1-", "EUR 5", "5,"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotationError, match=r"is not a number such as `-1\.234,5`"):
        GERMAN.read(text)


@pytest.mark.parametrize("notation", [ENGLISH, GERMAN, SWISS])
def test_what_was_written_is_read_back(notation: Notation) -> None:
    for number in map(Decimal, ("0.01", "-999.99", "1000", "-1234567.891")):
        assert notation.read(notation.write(number)) == number


def test_money_is_written_with_all_its_decimals() -> None:
    assert GERMAN.write_money(Money.of(-1200, currency("EUR"))) == "-1.200,00 EUR"
