"""What a run teaches: seconds per test file and until the first test, kept in the history."""

from __future__ import annotations

import contextlib
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from moonpool.history import RunRecord, learn, load_history, save_history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Recorder"]

# Only a run that went to its end measured whole files.
_COMPLETE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


class Recorder:
    """Listens to the reports of one run and adds them to the project's history at its end."""

    def __init__(
        self, history_file: Path, workers: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._history_file = history_file
        self._workers = workers
        self._clock = clock
        self._started = clock()
        self._ready_seconds: float | None = None
        self._file_seconds: defaultdict[str, float] = defaultdict(float)
        self._file_tests: Counter[str] = Counter()

    def pytest_runtest_logstart(self) -> None:
        """Note when the first test begins."""
        if self._ready_seconds is None:
            self._ready_seconds = self._clock() - self._started

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of one test to its file."""
        name = report.nodeid.partition("::")[0]
        self._file_seconds[name] += report.duration
        self._file_tests[name] += report.when == "setup"

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Keep what was learnt; a history that cannot be written costs speed, not the run."""
        if exitstatus in _COMPLETE and self._file_seconds:
            with contextlib.suppress(OSError):
                known = load_history(self._history_file)
                save_history(self._history_file, learn(known, self._record()))

    def _record(self) -> RunRecord:
        return RunRecord(self._file_seconds, self._file_tests, self._ready_seconds, self._workers)
