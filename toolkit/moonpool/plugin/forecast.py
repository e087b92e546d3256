"""The decision of one run: facts from the machine, the history and the disk, then the budget."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.budget import Budget, Capacity, Limit, Suite, Wish, decide
from moonpool.history import History, estimate, load_history
from moonpool.machine import read_machine
from moonpool.run import find_test_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from moonpool.config import Settings
    from moonpool.machine import Machine

__all__ = ["MACHINE_ROOT", "decide_workers"]

# Names a folder with a copy of another machine's `/proc` and `/sys`, for looking into a report.
MACHINE_ROOT = "MOONPOOL_MACHINE_ROOT"

# A suite that uses a database has tests of 50-500 ms; see also `moonpool.history.estimate`.
_SECONDS_PER_DATABASE_TEST = 0.1


def decide_workers(
    config: pytest.Config,
    settings: Settings,
    history_file: Path,
    wish: Wish,
    ceiling: Limit | None,
    environ: Mapping[str, str] = os.environ,
) -> Budget:
    """Return how many workers the tests that ``config`` selects should run on."""
    machine = read_machine(root=Path(environ.get(MACHINE_ROOT) or "/"))
    capacity = _capacity(machine)
    if wish.is_fixed:
        suite = Suite(None, (), 0.0, settings.worker_bytes, settings.reserve_bytes)
    else:
        suite = _suite(config, settings, load_history(history_file))
    return decide(capacity, suite, wish, ceiling)


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


def _suite(config: pytest.Config, settings: Settings, history: History) -> Suite:
    files = find_test_files(
        _roots(config),
        patterns=config.getini("python_files"),
        ignored_folders=config.getini("norecursedirs"),
        relative_to=config.rootpath,
    )
    if settings.databases is None:
        costs = estimate(history, files)
    else:
        costs = estimate(history, files, seconds_per_test=_SECONDS_PER_DATABASE_TEST)
    return Suite(
        files=len(files) or None,
        file_seconds=costs.file_seconds,
        start_seconds=costs.start_seconds,
        worker_bytes=settings.worker_bytes,
        reserve_bytes=settings.reserve_bytes,
        measured=costs.measured,
    )


def _roots(config: pytest.Config) -> list[Path]:
    """Return what pytest will collect: its arguments, else `testpaths`, else the folder itself."""
    invoked_from = config.invocation_params.dir
    named = [word.split("::")[0] for word in config.known_args_namespace.file_or_dir]
    if not named and invoked_from == config.rootpath:
        for pattern in config.getini("testpaths"):
            # pytest expands these patterns in the same way, hidden folders left out.
            found = glob.iglob(pattern, root_dir=invoked_from, recursive=True)  # noqa: PTH207
            named.extend(sorted(found))
    return [invoked_from / name for name in named] or [invoked_from]
