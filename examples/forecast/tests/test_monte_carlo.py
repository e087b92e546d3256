"""What many futures say together.

This file is slow on purpose and without a trick: each answer is a statistic that needs thousands of
runs to lie near its exact value. The seeds are fixed, so nothing here can fail by chance.
"""

import math
from statistics import fmean, stdev

import pytest
from forecast import CashPlan, Flow, Shock, simulate

FIRM = CashPlan(
    opening=5000,
    flows=(Flow(12000, 2500, growth=0.005), Flow(-9500, 400), Flow(-1800)),
    shocks=(Shock(0.04, -6000), Shock(0.02, 4000)),
)


def test_the_mean_future_is_the_expected_one() -> None:
    outcome = simulate(FIRM, months=12, runs=16000, seed=11)
    income = sum(12000 * 1.005**month for month in range(12))
    expected = 5000 + income - 12 * (9500 + 1800 + 0.04 * 6000 - 0.02 * 4000)
    assert fmean(outcome.ends()) == pytest.approx(expected, rel=0.02)


def test_independent_months_spread_like_a_walk() -> None:
    outcome = simulate(CashPlan(0, (Flow(0, 100),)), months=36, runs=16000, seed=12)
    for month in (1, 4, 9, 16, 25, 36):
        balances = [path[month - 1] for path in outcome.paths]
        assert stdev(balances) == pytest.approx(100 * math.sqrt(month), rel=0.03)


def test_the_fan_opens_and_never_crosses_itself() -> None:
    outcome = simulate(FIRM, months=24, runs=8000, seed=13)
    low, middle, high = (outcome.fan(share) for share in (0.05, 0.5, 0.95))
    assert all(a < b < c for a, b, c in zip(low, middle, high, strict=True))
    widths = [c - a for a, c in zip(low, high, strict=True)]
    assert widths == sorted(widths)


@pytest.mark.parametrize("probability", [0.02, 0.1, 0.3])
def test_a_shock_strikes_as_often_as_it_says(probability: float) -> None:
    plan = CashPlan(0, shocks=(Shock(probability, -1),))
    outcome = simulate(plan, months=24, runs=12000, seed=14)
    never = (1 - probability) ** 24
    assert outcome.shortfall() == pytest.approx(1 - never, abs=0.02)
    assert fmean(outcome.ends()) == pytest.approx(-24 * probability, rel=0.05)


def test_a_larger_cushion_lowers_the_risk() -> None:
    risks = []
    for opening in (0, 5000, 10000, 20000):
        plan = CashPlan(opening, FIRM.flows, FIRM.shocks)
        risks.append(simulate(plan, months=12, runs=5000, seed=15).shortfall())
    assert risks == sorted(risks, reverse=True)
    assert risks[0] > 5 * risks[-1]


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_the_credit_line_holds_as_often_as_it_promises(confidence: float) -> None:
    line = simulate(FIRM, months=12, runs=12000, seed=16).needed(confidence)
    other_futures = simulate(FIRM, months=12, runs=12000, seed=17)
    assert 1 - other_futures.shortfall(-line) == pytest.approx(confidence, abs=0.015)


def test_a_random_walk_falls_below_its_start_as_theory_says() -> None:
    # Sparre Andersen: a symmetric walk stays above its start for n steps with C(2n, n) / 4^n.
    outcome = simulate(CashPlan(0, (Flow(0, 1),)), months=20, runs=20000, seed=18)
    stays = math.comb(40, 20) / 4**20
    assert outcome.shortfall() == pytest.approx(1 - stays, abs=0.01)
