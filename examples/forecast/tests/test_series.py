"""Cash flows by month."""

from datetime import date

import pytest
from core import CurrencyMismatchError, Money, currency, month
from forecast import ForecastError, MonthlySeries, monthly

EUR = currency("EUR")


def euros(amount: str) -> Money:
    return Money.of(amount, EUR)


def test_flows_of_a_month_are_added_up() -> None:
    flows = [(date(2024, 5, 1), euros("10.10")), (date(2024, 5, 31), euros("-0.10"))]
    assert monthly(flows, EUR) == MonthlySeries(month(2024, 5), (10.0,))


def test_a_quiet_month_is_zero() -> None:
    flows = [(date(2024, 11, 15), euros("1")), (date(2025, 2, 1), euros("2"))]
    assert monthly(flows, EUR).values == (1.0, 0.0, 0.0, 2.0)


def test_the_order_of_flows_does_not_matter() -> None:
    flows = [(date(2024, 3, 1), euros("3")), (date(2024, 1, 1), euros("1"))]
    assert monthly(flows, EUR) == monthly(flows[::-1], EUR)


def test_cents_are_added_exactly_before_they_become_floats() -> None:
    flows = [(date(2024, 5, 1), euros("0.10"))] * 1000
    assert monthly(flows, EUR).values == (100.0,)


def test_no_flows_make_no_series() -> None:
    with pytest.raises(ForecastError, match="found no flows, expected one at least"):
        monthly([], EUR)


def test_a_flow_in_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatchError, match="found USD where EUR was expected"):
        monthly([(date(2024, 5, 1), Money(1, currency("USD")))], EUR)


@pytest.mark.parametrize("count", [0, 1, 12, 37])
def test_a_series_knows_its_months(count: int) -> None:
    months = MonthlySeries(month(2023, 11), (0.0,) * count).months
    assert len(months) == count
    assert [one.first.month for one in months[:3]] == [11, 12, 1][:count]


def test_a_series_is_cut_at_its_end() -> None:
    series = MonthlySeries(month(2024, 1), (1.0, 2.0, 3.0))
    assert series.until(2) == MonthlySeries(month(2024, 1), (1.0, 2.0))
    assert len(series) == 3
