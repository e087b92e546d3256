"""Rules that tell what a transaction was for."""

import re
from datetime import date

import pytest
from core import Money, currency
from statements import Rule, Transaction, categorise

RULES = (
    Rule("refund", "power", "in"),
    Rule("energy", r"power|\bgas\b", "out"),
    Rule("rent", "rent"),
)


def transaction(purpose: str, cents: int = -100, counterparty: str = "") -> Transaction:
    return Transaction(date(2024, 5, 1), Money(cents, currency("EUR")), counterparty, purpose)


@pytest.mark.parametrize(
    ("purpose", "category"),
    [("Power May", "energy"), ("GAS bill", "energy"), ("Rent", "rent"), ("Gasoline", "other")],
)
def test_words_decide(purpose: str, category: str) -> None:
    assert categorise(transaction(purpose), RULES) == category


def test_the_counterparty_s_name_counts_as_words() -> None:
    assert categorise(transaction("May", counterparty="City Power"), RULES) == "energy"


def test_a_rule_may_be_about_one_direction() -> None:
    assert categorise(transaction("Power", cents=100), RULES) == "refund"


def test_a_rule_of_both_directions_fits_either() -> None:
    assert {categorise(transaction("Rent", cents), RULES) for cents in (-1, 1)} == {"rent"}


def test_the_first_rule_that_fits_wins() -> None:
    assert categorise(transaction("power and rent"), RULES) == "energy"
    assert categorise(transaction("power and rent"), RULES[::-1]) == "rent"


def test_without_rules_everything_is_other() -> None:
    assert categorise(transaction("Rent"), ()) == "other"


def test_a_pattern_that_is_no_expression_is_an_error() -> None:
    with pytest.raises(re.error):
        categorise(transaction("x"), [Rule("broken", "(")])
