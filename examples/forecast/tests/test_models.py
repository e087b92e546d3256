"""Models that continue a series."""

import math

import pytest
from forecast import (
    ExponentialSmoothing,
    ForecastError,
    HoltWinters,
    Model,
    MovingAverage,
    Naive,
    SeasonalNaive,
)


def test_the_naive_forecast_repeats_the_last_value() -> None:
    assert Naive().forecast([1, 2, 3], 2) == [3, 3]


def test_the_seasonal_naive_forecast_repeats_the_last_season() -> None:
    assert SeasonalNaive(3).forecast([9, 9, 1, 2, 3], 5) == [1, 2, 3, 1, 2]


def test_a_moving_average_is_the_mean_of_its_window() -> None:
    assert MovingAverage(3).forecast([100, 1, 2, 3], 1) == [2]


def test_a_moving_average_goes_on_with_its_own_forecasts() -> None:
    assert MovingAverage(2).forecast([1, 3], 3) == [2, 2.5, 2.25]


def test_a_window_of_one_is_the_naive_forecast() -> None:
    assert MovingAverage(1).forecast([5, 7], 3) == Naive().forecast([5, 7], 3)


@pytest.mark.parametrize(("alpha", "level"), [(0, 10), (1, 30), (0.5, 22.5)])
def test_alpha_weighs_the_newest_value(alpha: float, level: float) -> None:
    assert ExponentialSmoothing(alpha).forecast([10, 20, 30], 2) == [level, level]


def test_holt_winters_continues_a_straight_line() -> None:
    line = [5.0 + 3 * month for month in range(24)]
    forecast = HoltWinters(0.5, 0.5, 0.5, season=4).forecast(line, 6)
    assert forecast == pytest.approx([5 + 3 * month for month in range(24, 30)])


@pytest.mark.parametrize("beta", [0.0, 0.1])
def test_holt_winters_continues_trend_and_seasons(seasonal: list[float], beta: float) -> None:
    forecast = HoltWinters(0.2, beta, 0.5).forecast(seasonal[:48], 12)
    assert forecast == pytest.approx(seasonal[48:], rel=0.03)


def test_holt_winters_keeps_a_constant(seasonal: list[float]) -> None:
    assert HoltWinters(0.3, 0.3, 0.3).forecast([7.0] * 30, 15) == pytest.approx([7.0] * 15)


def test_holt_winters_is_equivariant_to_scale(seasonal: list[float]) -> None:
    model = HoltWinters(0.3, 0.2, 0.4)
    scaled = model.forecast([value * 1000 for value in seasonal], 12)
    assert scaled == pytest.approx([1000 * value for value in model.forecast(seasonal, 12)])


@pytest.mark.parametrize(
    ("model", "needed"),
    [(Naive(), 1), (SeasonalNaive(4), 4), (MovingAverage(3), 3), (HoltWinters(0.1, 0.1, 0.1), 24)],
)
def test_too_short_a_history_is_refused(model: Model, needed: int) -> None:
    with pytest.raises(
        ForecastError, match=f"found {needed - 1} values, expected {needed} at least"
    ):
        model.forecast([1.0] * (needed - 1), 1)
    assert model.forecast([1.0] * needed, 1) == [pytest.approx(1.0)]


@pytest.mark.parametrize("value", [-0.1, 1.1, math.inf])
def test_a_weight_is_a_share(value: float) -> None:
    with pytest.raises(ForecastError, match=f"found alpha = {value}, expected 0 to 1"):
        ExponentialSmoothing(value)
    with pytest.raises(ForecastError, match=f"found gamma = {value}, expected 0 to 1"):
        HoltWinters(0.5, 0.5, value)


def test_a_window_is_one_value_at_least() -> None:
    with pytest.raises(ForecastError, match="found a window of 0, expected 1 or more"):
        MovingAverage(0)


def test_no_steps_are_no_forecast(seasonal: list[float]) -> None:
    models: list[Model] = [Naive(), SeasonalNaive(), MovingAverage(3), HoltWinters(0.1, 0.1, 0.1)]
    assert [model.forecast(seasonal, 0) for model in models] == [[]] * 4
