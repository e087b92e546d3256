"""The worker's side: its measurement, and its own databases before any conftest is imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.plugin import process
from moonpool.plugin.hash_seed import forget_hash_seed
from moonpool.plugin.names import (
    COVERAGE_CONTEXTS,
    COVERAGE_FOLDER,
    COVERAGE_PROJECT,
    PREPARED,
    WORKER_ID,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from moonpool.coverage.measure import Measurement

__all__ = ["FileBoundary", "begin", "finish", "prepare_worker"]


def begin() -> None:
    """Start this worker's measurement if the controller asks for one; end with the controller."""
    process.die_with_parent()
    forget_hash_seed()
    folder = os.environ.pop(COVERAGE_FOLDER, None)
    project_root = os.environ.pop(COVERAGE_PROJECT, None)
    contexts = os.environ.pop(COVERAGE_CONTEXTS, None) is not None
    if folder is not None and project_root is not None:
        from moonpool.coverage.measure import start

        process.measurement = start(
            Path(project_root), Path(folder), f"worker-{os.getpid()}", contexts=contexts
        )


def finish() -> None:
    """Save what this worker measured; its session has ended."""
    if process.measurement is not None:
        process.measurement.finish()


def prepare_worker(config: pytest.Config) -> None:
    """Point the environment at this worker's databases and save coverage at file boundaries."""
    if process.measurement is not None:
        config.pluginmanager.register(FileBoundary(process.measurement))
    if os.environ.get(PREPARED):
        return
    from moonpool.plugin.isolation import isolate

    isolate(config, os.environ[WORKER_ID])


class FileBoundary:
    """Saves the measurement after the last test of each file, so that a crash loses little."""

    def __init__(self, measurement: Measurement) -> None:
        self._measurement = measurement

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Run the test under its name, then save if no other test of its file follows."""
        self._measurement.enter(item.nodeid)
        outcome = yield
        self._measurement.enter("")
        if nextitem is None or nextitem.path != item.path:
            self._measurement.save()
        return outcome
