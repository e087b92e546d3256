"""Ways to round."""

from decimal import Decimal

import pytest
from core import Money, Rounding, currency
from core.rounding import to_multiple, to_whole

EUR = currency("EUR")


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (Rounding.HALF_UP, [1, 2, 3, -1, -3]),
        (Rounding.HALF_EVEN, [0, 2, 2, 0, -2]),
        (Rounding.UP, [1, 2, 3, -1, -3]),
        (Rounding.DOWN, [0, 1, 2, 0, -2]),
    ],
)
def test_halves_go_where_the_rounding_says(rounding: Rounding, expected: list[int]) -> None:
    halves = [Decimal(text) for text in ("0.5", "1.5", "2.5", "-0.5", "-2.5")]
    assert [to_whole(half, rounding) for half in halves] == expected


def test_half_up_keeps_what_is_below_a_half() -> None:
    assert to_whole(Decimal("2.4999"), Rounding.HALF_UP) == 2


def test_up_takes_the_smallest_rest() -> None:
    assert to_whole(Decimal("2.0001"), Rounding.UP) == 3


@pytest.mark.parametrize(("value", "expected"), [("24", 0), ("25", 50), ("74", 50), ("75", 100)])
def test_a_multiple_is_the_nearest_one(value: str, expected: int) -> None:
    assert to_multiple(Decimal(value), 50, Rounding.HALF_UP) == expected


def test_a_chosen_rounding_allows_more_decimals_than_the_currency_has() -> None:
    assert Money.of("1.005", EUR, Rounding.HALF_EVEN) == Money(100, EUR)
    assert Money.of("1.005", EUR, Rounding.HALF_UP) == Money(101, EUR)


def test_half_even_has_no_bias_over_many_halves() -> None:
    halves = [Decimal(whole) + Decimal("0.5") for whole in range(1000)]
    rounded = sum(to_whole(half, Rounding.HALF_EVEN) for half in halves)
    assert rounded == sum(halves)
