"""Finding the smoothing that would have forecast the past best."""

import random

import pytest
from forecast import ForecastError, backtest, fit_holt_winters, fit_smoothing


def test_a_walk_wants_the_newest_value() -> None:
    chance, level, walk = random.Random(1), 0.0, []
    for _ in range(200):
        level += chance.gauss(0, 1)
        walk.append(level)
    assert fit_smoothing(walk).alpha >= 0.7


def test_noise_wants_a_long_memory() -> None:
    chance = random.Random(1)
    assert fit_smoothing([chance.gauss(0, 1) for _ in range(200)]).alpha == 0.1


def test_a_fitted_season_is_forecast_closely(seasonal: list[float]) -> None:
    model = fit_holt_winters(seasonal[:48])
    assert model.forecast(seasonal[:48], 12) == pytest.approx(seasonal[48:], rel=0.03)


def test_the_fit_is_the_best_of_the_grid(seasonal: list[float]) -> None:
    chance = random.Random(2)
    noisy = [value + chance.gauss(0, 30) for value in seasonal]
    fitted = fit_holt_winters(noisy)
    others = [type(fitted)(weight, weight, weight) for weight in (0.1, 0.3, 0.5, 0.8)]
    best = backtest(fitted, noisy, 24).error
    assert all(best <= backtest(other, noisy, 24).error for other in others)


def test_two_seasons_leave_nothing_to_fit_on(seasonal: list[float]) -> None:
    with pytest.raises(ForecastError, match="found 24 values, expected 25 at least"):
        fit_holt_winters(seasonal[:24])
