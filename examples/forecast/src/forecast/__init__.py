"""How much cash there will be, and how sure that is."""

from forecast.accuracy import mae, mape, mase, rmse
from forecast.backtest import Backtest, backtest, best_model
from forecast.errors import ForecastError
from forecast.fitting import fit_holt_winters, fit_smoothing
from forecast.models import (
    ExponentialSmoothing,
    HoltWinters,
    Model,
    MovingAverage,
    Naive,
    SeasonalNaive,
)
from forecast.monte_carlo import CashPlan, Flow, Outcome, Shock, simulate
from forecast.quantiles import quantile
from forecast.series import MonthlySeries, monthly

__all__ = [
    "Backtest",
    "CashPlan",
    "ExponentialSmoothing",
    "Flow",
    "ForecastError",
    "HoltWinters",
    "Model",
    "MonthlySeries",
    "MovingAverage",
    "Naive",
    "Outcome",
    "SeasonalNaive",
    "Shock",
    "backtest",
    "best_model",
    "fit_holt_winters",
    "fit_smoothing",
    "mae",
    "mape",
    "mase",
    "monthly",
    "quantile",
    "rmse",
    "simulate",
]
