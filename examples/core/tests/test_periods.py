"""Months, quarters and fiscal years."""

from datetime import date

import pytest
from core import CoreError, Period, fiscal_year, month, month_of, quarter


@pytest.mark.parametrize(("year", "days"), [(2023, 28), (2024, 29), (1900, 28), (2000, 29)])
def test_february_knows_leap_years(year: int, days: int) -> None:
    assert len(month(year, 2)) == days


def test_december_ends_with_the_year() -> None:
    assert month(2024, 12).last == date(2024, 12, 31)


@pytest.mark.parametrize("number", [0, 13])
def test_there_are_twelve_months(number: int) -> None:
    with pytest.raises(CoreError, match=f"found month {number}, expected 1 to 12"):
        month(2024, number)


def test_a_quarter_has_three_months() -> None:
    assert quarter(2024, 2) == Period(date(2024, 4, 1), date(2024, 6, 30))


@pytest.mark.parametrize("number", [0, 5])
def test_there_are_four_quarters(number: int) -> None:
    with pytest.raises(CoreError, match=f"found quarter {number}, expected 1 to 4"):
        quarter(2024, number)


def test_a_fiscal_year_may_start_in_any_month() -> None:
    assert fiscal_year(2024) == Period(date(2024, 1, 1), date(2024, 12, 31))
    assert fiscal_year(2024, 4) == Period(date(2024, 4, 1), date(2025, 3, 31))


def test_both_ends_belong_to_a_period() -> None:
    may = month(2024, 5)
    assert date(2024, 5, 1) in may
    assert date(2024, 5, 31) in may
    assert date(2024, 6, 1) not in may


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(CoreError, match="cannot end on 2024-01-01 before it starts on 2024-01-02"):
        Period(date(2024, 1, 2), date(2024, 1, 1))


def test_periods_overlap_when_they_share_a_day() -> None:
    assert month(2024, 1).overlaps(quarter(2024, 1))
    assert Period(date(2024, 1, 1), date(2024, 1, 5)).overlaps(
        Period(date(2024, 1, 5), date(2024, 2, 1))
    )
    assert not month(2024, 1).overlaps(month(2024, 2))


def test_the_months_of_a_year_cover_it_without_gap() -> None:
    year = fiscal_year(2023, 10)
    months = list(year.months())
    assert len(months) == 12
    assert sum(map(len, months)) == len(year)
    assert not any(a.overlaps(b) for a in months for b in months if a is not b)


def test_a_touched_month_counts_whole() -> None:
    touched = Period(date(2024, 1, 31), date(2024, 2, 1))
    assert list(touched.months()) == [month(2024, 1), month(2024, 2)]


def test_a_day_lies_in_its_month() -> None:
    assert month_of(date(2024, 2, 29)) == month(2024, 2)


def test_periods_are_ordered_by_their_first_day() -> None:
    assert sorted([month(2024, 3), quarter(2024, 1)]) == [quarter(2024, 1), month(2024, 3)]
    assert str(month(2024, 3)) == "2024-03-01..2024-03-31"
