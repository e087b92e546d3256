"""Cash flows by month: exact money is added up first, forecasts then reckon in floats."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import Money, Period, month_of

from forecast.errors import ForecastError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from core import Currency

__all__ = ["MonthlySeries", "monthly"]


@dataclass(frozen=True, slots=True)
class MonthlySeries:
    """One value per month, in major units, without a gap from the first month on."""

    first: Period
    values: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def months(self) -> tuple[Period, ...]:
        """The months of the values, in order."""
        # 31 days a month are enough to reach the last one, and then some to cut off.
        horizon = Period(self.first.first, _later(self.first.first, len(self.values)))
        return tuple(horizon.months())[: len(self.values)]

    def until(self, count: int) -> MonthlySeries:
        """Return the first ``count`` months."""
        return MonthlySeries(self.first, self.values[:count])


def monthly(flows: Iterable[tuple[date, Money]], unit: Currency) -> MonthlySeries:
    """Return the sum of each month from the first flow to the last; quiet months are 0.

    Raises ForecastError without flows, CurrencyMismatchError for a flow in another currency.
    """
    sums: defaultdict[Period, Money] = defaultdict(lambda: Money.zero(unit))
    for day, amount in flows:
        sums[month_of(day)] += amount
    if not sums:
        raise ForecastError("found no flows, expected one at least")
    span = Period(min(sums).first, max(sums).last)
    values = tuple(float(sums[one].amount) for one in span.months())
    return MonthlySeries(min(sums), values)


def _later(day: date, months: int) -> date:
    years, index = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=index + 1)
