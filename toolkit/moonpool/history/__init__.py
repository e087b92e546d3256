"""What earlier runs of a project taught: seconds per file, cost of a start, weight of a worker."""

from moonpool.history.estimate import (
    LEAST_CPUS,
    MEMORY_MARGIN,
    Estimate,
    FileEstimate,
    Predictions,
    SourceFile,
    digest,
    estimate,
    predict,
)
from moonpool.history.killed import learn_from_killed
from moonpool.history.learn import learn, merge
from moonpool.history.lesson import remember, what_it_taught
from moonpool.history.record import FileHistory, FileRun, History, RunRecord, StartRun
from moonpool.history.start import StartCost, start_cost
from moonpool.history.store import add_history, add_run, forget, load_history, read_history

__all__ = [
    "LEAST_CPUS",
    "MEMORY_MARGIN",
    "Estimate",
    "FileEstimate",
    "FileHistory",
    "FileRun",
    "History",
    "Predictions",
    "RunRecord",
    "SourceFile",
    "StartCost",
    "StartRun",
    "add_history",
    "add_run",
    "digest",
    "estimate",
    "forget",
    "learn",
    "learn_from_killed",
    "load_history",
    "merge",
    "predict",
    "read_history",
    "remember",
    "start_cost",
    "what_it_taught",
]
