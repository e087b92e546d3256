"""Shares that add up."""

import random
from decimal import Decimal

import pytest
from core import CoreError, Money, allocate, currency, split, total

EUR = currency("EUR")


def cents(*minors: int) -> tuple[Money, ...]:
    return tuple(Money(minor, EUR) for minor in minors)


def test_a_cent_that_is_left_over_goes_to_the_first_of_equals() -> None:
    assert split(Money(100, EUR), 3) == cents(34, 33, 33)


def test_cents_go_to_the_largest_remainders() -> None:
    assert allocate(Money(100, EUR), [50, 26, 24, 1]) == cents(49, 26, 24, 1)


def test_a_weight_of_zero_gets_nothing() -> None:
    assert allocate(Money(5, EUR), [0, 1]) == cents(0, 5)


def test_a_debt_is_shared_like_a_credit() -> None:
    assert split(Money(-100, EUR), 3) == cents(-34, -33, -33)


def test_weights_may_be_decimals() -> None:
    assert allocate(Money(1000, EUR), [Decimal("0.7"), Decimal("0.3")]) == cents(700, 300)


def test_fewer_cents_than_parts_leave_some_with_nothing() -> None:
    assert split(Money(2, EUR), 4) == cents(1, 1, 0, 0)


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_without_a_share_are_refused(weights: list[int]) -> None:
    with pytest.raises(CoreError, match="weights must not be negative, and one of them must be"):
        allocate(Money(1, EUR), weights)


@pytest.mark.parametrize("parts", [0, -1])
def test_no_parts_are_refused(parts: int) -> None:
    with pytest.raises(CoreError, match=f"cannot split into {parts} parts"):
        split(Money(1, EUR), parts)


@pytest.mark.parametrize("seed", range(5))
def test_no_cent_is_lost_or_made(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        money = Money(chance.randint(-10_000, 10_000), EUR)
        weights = [chance.randint(0, 20) for _ in range(chance.randint(1, 12))] + [1]
        assert total(allocate(money, weights), EUR) == money
