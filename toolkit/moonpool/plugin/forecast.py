"""The decision of one run: facts from the machine, the history and the disk, then the budget."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from moonpool.budget import Budget, Capacity, Limit, Suite, Wish, decide
from moonpool.history import estimate, learn_from_killed, load_history, predict, start_cost
from moonpool.machine import machine_class, read_machine
from moonpool.plugin.testpaths import expand_testpaths
from moonpool.run import find_test_files
from moonpool.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

    from moonpool.config import Places, Settings
    from moonpool.history import FileEstimate, Predictions, SourceFile
    from moonpool.machine import Machine

__all__ = ["MACHINE_ROOT", "Forecast", "forecast"]

# Names a folder with a copy of another machine's `/proc` and `/sys`, for looking into a report.
MACHINE_ROOT = "MOONPOOL_MACHINE_ROOT"

# pytest with an application's imports needs 60-150 MiB, with pandas and a model 300-500 MiB: the
# plan for a project whose workers nobody has measured.
_WORKER_BYTES = 400 * 2**20

# A pure unit test takes 1-10 ms, one that uses a database 50-500 ms: the guess for a project that
# nothing is known of.
_SECONDS_PER_TEST = 0.01
_SECONDS_PER_DATABASE_TEST = 0.1

# While a worker waits for its database the server works for it, which nobody measures.
_LEAST_DATABASE_CPUS = 0.5


class Forecast(NamedTuple):
    """What is known of a run before it begins: its budget, and how long its files will take.

    ``facts`` are those of this machine, ``machine`` is its class; ``note`` what a person should
    know of the history. ``files`` are those that the run selects. ``decide`` gives the budget again
    for what is better known by now.
    """

    budget: Budget
    known: Predictions
    facts: Machine
    machine: str
    note: str | None
    files: Mapping[str, FileEstimate]
    decide: Callable[[Suite], Budget]


def forecast(
    config: pytest.Config,
    settings: Settings,
    places: Places,
    wish: Wish,
    ceiling: Limit | None,
    *,
    splits: bool,
    spared_seconds: float,
    environ: Mapping[str, str] = os.environ,
) -> Forecast:
    """Return how many workers the tests that ``config`` selects should run on, and for how long.

    ``splits`` says whether the tests of a file may run on several workers; ``spared_seconds`` is
    the CPU time that this process has used and that no worker has to.
    """
    root = Path(environ.get(MACHINE_ROOT) or "/")
    facts, machine = read_machine(root=root), machine_class(root=root)
    killed = _killed_last_time(places, facts)
    history, files = load_history(places.history_file), _files(config)
    unknown = _SECONDS_PER_TEST if settings.databases is None else _SECONDS_PER_DATABASE_TEST
    costs = estimate(history, machine, files, seconds_per_test=unknown)
    start = start_cost(history, machine, spared_seconds=spared_seconds)
    suite = Suite(
        files=len(files) or None,
        file_seconds=costs.file_seconds,
        start_seconds=start.worker_seconds,
        worker_bytes=settings.worker_bytes or costs.worker_bytes or _WORKER_BYTES,
        reserve_bytes=settings.reserve_bytes,
        measured=costs.measured,
        fixed_start_seconds=start.fixed_seconds,
        worker_cpus=_worker_cpus(costs.worker_cpus, settings),
        tests=costs.tests,
        longest_test_seconds=costs.longest_test_seconds if splits else None,
    )
    known = predict(history, machine, files, seconds_per_unknown_test=unknown)
    decided = partial(decide, _capacity(facts), wish=wish, ceiling=ceiling)
    note = killed or history.note
    return Forecast(decided(suite), known, facts, machine, note, costs.files, decided)


def _killed_last_time(places: Places, facts: Machine) -> str | None:
    kills = None if facts.oom_kills is None else facts.oom_kills.events
    least = learn_from_killed(places.history_file, places.journal_folder, kills)
    if least is None:
        return None
    planned = f"each process is now planned to take {format_bytes(least)}"
    return f"the last run was killed for want of memory: {planned}"


def _worker_cpus(measured: float | None, settings: Settings) -> float:
    if measured is None:
        return 1.0
    return measured if settings.databases is None else max(measured, _LEAST_DATABASE_CPUS)


def _capacity(machine: Machine) -> Capacity:
    memory = machine.memory_limit
    return Capacity(
        cpus=machine.cpus,
        cpu_source=machine.cpu_limit.source,
        memory_bytes=machine.memory_free_bytes,
        memory_limit_bytes=machine.memory_limit_bytes,
        memory_source=memory.source if memory else "unknown",
        doubts=tuple(f"`{fact.source}` {fact.reason}" for fact in machine.unreadable),
    )


def _files(config: pytest.Config) -> dict[str, SourceFile]:
    return find_test_files(
        _roots(config),
        patterns=config.getini("python_files"),
        ignored_folders=config.getini("norecursedirs"),
        relative_to=config.rootpath,
    )


def _roots(config: pytest.Config) -> list[Path]:
    """Return what pytest will collect: its arguments, else `testpaths`, else the folder itself."""
    invoked_from = config.invocation_params.dir
    named = [word.split("::")[0] for word in config.known_args_namespace.file_or_dir]
    if not named and invoked_from == config.rootpath:
        named = expand_testpaths(config)
    return [invoked_from / name for name in named] or [invoked_from]
