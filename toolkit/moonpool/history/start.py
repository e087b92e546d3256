"""What a run spends beside its tests: in one process, and with workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.history.middle import median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.history.record import History, StartRun

__all__ = ["StartCost", "start_cost"]

# Measured with pytest 9 and pytest-xdist 3.8 on Python 3.11: what pytest itself takes until a small
# project's first test, and what a worker takes beyond that, interpreter, imports and hand-shake.
_UNKNOWN_ALONE = 0.4
_BARE_WORKER_SECONDS = 0.6
_CONTROLLER_SECONDS = 0.4


class StartCost(NamedTuple):
    """Seconds that workers add to a run: once, and for each as it shares the CPUs with others.

    ``fixed_seconds`` may be negative: the controller leaves out the collection that one process
    would have to do.
    """

    fixed_seconds: float
    worker_seconds: float
    measured: bool = False


def start_cost(history: History, machine: str, *, spared_seconds: float = 0.0) -> StartCost:
    """Return what starting workers costs more than running in one process.

    ``spared_seconds`` of a process's own start do not fall to a worker that is forked; 0 where
    workers are started anew.
    """
    runs = history.starts.get(machine) or _last(history)
    alone = [run for run in runs if run.workers <= 1]
    shared = [run for run in runs if run.workers > 1]
    if shared:
        worker = median(run.worker_cpu_seconds for run in shared)
        total = median(run.seconds - worker * _stretch(run) for run in shared)
        # A worker's own start is the same work as that of a process which runs alone.
        single = median(run.seconds for run in alone) if alone else worker + spared_seconds
        return StartCost(total - single, worker, measured=True)
    # Also where they are forked, until some were measured: small projects side by side lose more by
    # workers that hardly pay than by none.
    single = median(run.seconds for run in alone) if alone else _UNKNOWN_ALONE
    worker = median(run.worker_cpu_seconds for run in alone) if alone else _UNKNOWN_ALONE
    return StartCost(_CONTROLLER_SECONDS - single, worker + _BARE_WORKER_SECONDS)


def _last(history: History) -> Sequence[StartRun]:
    # Some other machine's figures are closer than those of nobody.
    return list(history.starts.values())[-1] if history.starts else ()


def _stretch(run: StartRun) -> float:
    return max(1.0, run.workers / max(run.cpus, 0.1))
