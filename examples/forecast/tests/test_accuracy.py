"""How far a forecast was off."""

from collections.abc import Callable, Sequence

import pytest
from forecast import ForecastError, mae, mape, mase, rmse


@pytest.mark.parametrize("measure", [mae, rmse, mape])
def test_a_perfect_forecast_has_no_error(
    measure: Callable[[Sequence[float], Sequence[float]], float],
) -> None:
    assert measure([1, 2, 3], [1, 2, 3]) == 0


def test_the_mean_absolute_error_has_the_unit_of_the_values() -> None:
    assert mae([10, 20], [12, 16]) == 3


def test_one_large_miss_weighs_more_in_squares() -> None:
    assert rmse([0, 0], [0, 10]) > rmse([0, 0], [5, 5]) == mae([0, 0], [0, 10])


def test_a_percentage_leaves_out_months_of_zero() -> None:
    assert mape([0, 100], [50, 90]) == pytest.approx(0.1)


def test_only_zeros_have_no_percentage() -> None:
    with pytest.raises(ForecastError, match="found only zeros"):
        mape([0, 0], [1, 1])


def test_the_naive_forecast_scores_one() -> None:
    history = [1.0, 3, 2, 5]
    assert mase(history[1:], history[:-1], history) == 1


def test_a_history_that_never_changed_scales_nothing() -> None:
    with pytest.raises(ForecastError, match="found a history that never changed"):
        mase([1], [2], [5, 5, 5])


@pytest.mark.parametrize(("actual", "forecast"), [([1.0], []), ([], []), ([1.0], [1.0, 2.0])])
def test_there_is_a_forecast_for_every_value(actual: list[float], forecast: list[float]) -> None:
    with pytest.raises(ForecastError, match=f"{len(actual)} values and {len(forecast)} forecasts"):
        mae(actual, forecast)
