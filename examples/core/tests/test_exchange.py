"""Exchange rates by day."""

from datetime import date
from decimal import Decimal

import pytest
from core import CoreError, CurrencyMismatchError, MissingRateError, Money, Rate, Rates, currency

EUR, USD, JPY = (currency(code) for code in ("EUR", "USD", "JPY"))
MONDAY, FRIDAY = date(2024, 5, 13), date(2024, 5, 17)
RATES = Rates(
    (
        Rate(EUR, USD, MONDAY, Decimal("1.08")),
        Rate(EUR, USD, FRIDAY, Decimal("1.10")),
        Rate(EUR, JPY, MONDAY, Decimal("160")),
    )
)


def test_money_is_converted_and_rounded_to_the_quote_s_decimals() -> None:
    assert RATES.convert(Money.of("9.99", EUR), JPY, MONDAY) == Money(1598, JPY)


def test_the_latest_rate_on_or_before_the_day_holds() -> None:
    assert RATES.on(EUR, USD, date(2024, 5, 16)).value == Decimal("1.08")
    assert RATES.on(EUR, USD, FRIDAY).value == Decimal("1.10")


def test_a_rate_is_inverted_when_only_the_other_way_is_known() -> None:
    assert RATES.convert(Money.of(110, USD), EUR, FRIDAY) == Money.of(100, EUR)


def test_the_own_currency_needs_no_rate() -> None:
    assert Rates().convert(Money(5, EUR), EUR, MONDAY) == Money(5, EUR)


def test_a_day_before_all_rates_has_none() -> None:
    with pytest.raises(MissingRateError, match="no rate from EUR to USD on or before 2024-05-12"):
        RATES.on(EUR, USD, date(2024, 5, 12))


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_rate_is_positive(value: str) -> None:
    with pytest.raises(CoreError, match=f"found rate {value}, expected more than 0"):
        Rate(EUR, USD, MONDAY, Decimal(value))


def test_a_rate_converts_its_base_only() -> None:
    with pytest.raises(CurrencyMismatchError, match="found USD where EUR was expected"):
        RATES.known[0].convert(Money(1, USD))
