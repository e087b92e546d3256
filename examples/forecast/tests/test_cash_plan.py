"""Plans whose future is certain, or nearly so."""

import random

import pytest
from forecast import CashPlan, Flow, ForecastError, Shock, simulate


def test_without_chance_there_is_one_future() -> None:
    outcome = simulate(CashPlan(100, (Flow(10), Flow(-4))), months=3, runs=2, seed=1)
    assert outcome.paths == ((106, 112, 118), (106, 112, 118))


def test_growth_compounds() -> None:
    flow = Flow(100, growth=0.1)
    drawn = [flow.draw(month, random.Random(0)) for month in range(3)]
    assert drawn == pytest.approx([100, 110, 121])


@pytest.mark.parametrize(("probability", "balance"), [(0, 5), (1, -5)])
def test_a_shock_happens_never_or_always(probability: float, balance: float) -> None:
    plan = CashPlan(5, shocks=(Shock(probability, -10),))
    assert simulate(plan, months=1, runs=1, seed=1).paths == ((balance,),)


@pytest.mark.parametrize("probability", [-0.1, 1.1])
def test_a_probability_is_a_share(probability: float) -> None:
    with pytest.raises(ForecastError, match=f"a probability of {probability}, expected 0 to 1"):
        Shock(probability, -1)


@pytest.mark.parametrize(("months", "runs"), [(0, 1), (1, 0), (-1, -1)])
def test_nothing_is_not_simulated(months: int, runs: int) -> None:
    with pytest.raises(ForecastError, match=f"found {runs} runs of {months} months"):
        simulate(CashPlan(1), months, runs, seed=1)


def test_equal_seeds_give_equal_futures() -> None:
    plan = CashPlan(100, (Flow(0, 10),), (Shock(0.5, -1),))
    first, second = (simulate(plan, months=6, runs=5, seed=9) for _ in range(2))
    assert first == second
    assert first != simulate(plan, months=6, runs=5, seed=10)


def test_a_plan_that_sinks_falls_short_in_every_future() -> None:
    outcome = simulate(CashPlan(10, (Flow(-6),)), months=2, runs=3, seed=1)
    assert outcome.shortfall() == 1
    assert outcome.needed(0.9) == 2


def test_a_plan_that_rises_needs_no_credit() -> None:
    outcome = simulate(CashPlan(10, (Flow(6),)), months=2, runs=3, seed=1)
    assert (outcome.shortfall(), outcome.needed(1.0)) == (0, 0)
