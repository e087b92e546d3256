"""Money: exact amounts in one currency."""

from decimal import Decimal

import pytest
from core import Currency, CurrencyMismatchError, Money, PrecisionError, currency, total

EUR, JPY, KWD, CHF = (currency(code) for code in ("EUR", "JPY", "KWD", "CHF"))


@pytest.mark.parametrize(
    ("amount", "unit", "minor"),
    [
        ("12.34", EUR, 1234),
        ("-0.5", EUR, -50),
        (7, EUR, 700),
        ("300", JPY, 300),
        ("1.005", KWD, 1005),
    ],
)
def test_an_amount_becomes_minor_units(amount: str | int, unit: Currency, minor: int) -> None:
    assert Money.of(amount, unit) == Money(minor, unit)


def test_too_many_decimals_are_refused() -> None:
    with pytest.raises(PrecisionError, match=r"0\.001 has more than 2 decimals of EUR"):
        Money.of("0.001", EUR)


def test_the_amount_always_has_the_currency_s_decimals() -> None:
    assert str(Money.of(5, EUR).amount) == "5.00"
    assert str(Money.of(5, JPY).amount) == "5"


def test_sums_and_differences_are_exact() -> None:
    tenth, fifth = Money.of("0.1", EUR), Money.of("0.2", EUR)
    assert tenth + fifth == Money.of("0.3", EUR)
    assert tenth - fifth == -tenth


def test_a_sum_of_two_currencies_is_refused() -> None:
    with pytest.raises(CurrencyMismatchError, match="found JPY where EUR was expected"):
        Money.of(1, EUR) + Money.of(1, JPY)


def test_two_currencies_do_not_compare() -> None:
    with pytest.raises(CurrencyMismatchError, match="found EUR where JPY was expected"):
        assert Money.of(1, JPY) < Money.of(1, EUR)


def test_equal_numbers_of_two_currencies_are_not_equal() -> None:
    assert Money(1, EUR) != Money(1, JPY)


def test_money_is_ordered_by_amount() -> None:
    amounts = [Money(3, EUR), Money(-1, EUR), Money(2, EUR)]
    assert sorted(amounts) == [Money(-1, EUR), Money(2, EUR), Money(3, EUR)]
    assert Money(3, EUR) >= Money(3, EUR)


def test_only_nothing_is_false() -> None:
    assert not Money.zero(EUR)
    assert Money(-1, EUR)


def test_the_absolute_amount_has_no_sign() -> None:
    assert abs(Money(-7, EUR)) == Money(7, EUR) == abs(Money(7, EUR))


def test_a_product_is_rounded_half_up() -> None:
    assert Money(250, EUR).times(Decimal("0.19")) == Money(48, EUR)


def test_money_is_written_with_its_currency() -> None:
    assert str(Money(-123456, EUR)) == "-1234.56 EUR"


def test_the_total_of_nothing_is_zero() -> None:
    assert total([], EUR) == Money.zero(EUR)


def test_the_total_adds_everything() -> None:
    assert total((Money(cents, EUR) for cents in range(101)), EUR) == Money(5050, EUR)


@pytest.mark.parametrize(("minor", "cash"), [(1232, 1230), (1233, 1235), (-1233, -1235)])
def test_swiss_cash_is_paid_in_steps_of_five(minor: int, cash: int) -> None:
    assert Money(minor, CHF).in_cash() == Money(cash, CHF)
