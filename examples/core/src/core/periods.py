"""Spans of days that books are kept by: months, quarters, fiscal years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.errors import CoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Period", "fiscal_year", "month", "month_of", "quarter"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """All days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise CoreError(f"a period cannot end on {self.last} before it starts on {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    def overlaps(self, other: Period) -> bool:
        """Whether at least one day lies in both."""
        return self.first <= other.last and other.first <= self.last

    def months(self) -> Iterator[Period]:
        """Yield every calendar month that the period touches, whole."""
        current = month_of(self.first)
        while current.first <= self.last:
            yield current
            current = month_of(current.last + timedelta(days=1))


def month(year: int, number: int) -> Period:
    """Return a calendar month; ``number`` counts from 1."""
    return _months_from(year, number, 1)


def month_of(day: date) -> Period:
    """Return the calendar month that a day lies in."""
    return month(day.year, day.month)


def quarter(year: int, number: int) -> Period:
    """Return a calendar quarter; ``number`` counts from 1."""
    if not 1 <= number <= 4:
        raise CoreError(f"found quarter {number}, expected 1 to 4")
    return _months_from(year, 3 * number - 2, 3)


def fiscal_year(year: int, first_month: int = 1) -> Period:
    """Return the twelve months that start in ``first_month`` of ``year``."""
    return _months_from(year, first_month, 12)


def _months_from(year: int, first_month: int, count: int) -> Period:
    if not 1 <= first_month <= 12:
        raise CoreError(f"found month {first_month}, expected 1 to 12")
    years, next_month = divmod(first_month - 1 + count, 12)
    after = date(year + years, next_month + 1, 1)
    return Period(date(year, first_month, 1), after - timedelta(days=1))
