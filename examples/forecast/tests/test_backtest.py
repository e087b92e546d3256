"""Trying models on the past."""

import random

import pytest
from forecast import (
    ExponentialSmoothing,
    ForecastError,
    HoltWinters,
    Model,
    MovingAverage,
    Naive,
    SeasonalNaive,
    backtest,
    best_model,
)

MODELS: dict[str, Model] = {
    "naive": Naive(),
    "seasonal": SeasonalNaive(),
    "average": MovingAverage(6),
    "holt-winters": HoltWinters(0.2, 0.1, 0.3),
}


def test_every_origin_gives_one_error() -> None:
    assert backtest(Naive(), [1, 2, 4, 7], first_origin=1).errors == (1, 2, 3)


def test_the_error_is_the_mean_over_origins() -> None:
    assert backtest(Naive(), [1, 2, 4, 7], first_origin=1).error == 2


def test_more_steps_leave_fewer_origins() -> None:
    assert backtest(Naive(), [1, 2, 4, 7], first_origin=1, steps=2).errors == (2, 3.5)


def test_nothing_to_compare_with_is_refused() -> None:
    with pytest.raises(ForecastError, match="found 3 values, expected 4 at least"):
        backtest(Naive(), [1, 2, 3], first_origin=3)


def test_seasons_and_trend_call_for_holt_winters(seasonal: list[float]) -> None:
    assert best_model(MODELS, seasonal, first_origin=24, steps=6) == "holt-winters"


def test_seasons_without_trend_are_best_repeated() -> None:
    waves = [float(month % 12) ** 2 for month in range(48)]
    assert best_model(MODELS, waves, first_origin=24, steps=3) == "seasonal"


def test_noise_around_a_level_is_best_averaged() -> None:
    chance = random.Random(5)
    noise = [100 + chance.gauss(0, 10) for _ in range(60)]
    simple = {name: MODELS[name] for name in ("naive", "average")}
    assert best_model(simple, noise, first_origin=12) == "average"


def test_of_equals_the_first_is_taken() -> None:
    twins = {"one": ExponentialSmoothing(0.5), "two": ExponentialSmoothing(0.5)}
    assert best_model(twins, [1, 2, 3, 4], first_origin=1) == "one"


def test_the_future_has_no_part_in_a_forecast() -> None:
    past = [1.0, 2, 3, 4]
    known = backtest(MovingAverage(2), [*past, 5], first_origin=4).errors
    later = backtest(MovingAverage(2), [*past, 5, 99], first_origin=4).errors
    assert later[:1] == known
