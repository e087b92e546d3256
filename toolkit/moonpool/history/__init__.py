"""What earlier runs of a project taught: seconds per test file and until the first test."""

from moonpool.history.estimate import Estimate, Predictions, estimate, predict
from moonpool.history.record import FileHistory, History, RunRecord, learn
from moonpool.history.store import load_history, save_history

__all__ = [
    "Estimate",
    "FileHistory",
    "History",
    "Predictions",
    "RunRecord",
    "estimate",
    "learn",
    "load_history",
    "predict",
    "save_history",
]
