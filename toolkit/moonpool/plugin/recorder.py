"""The controller's reporter: writes the run's journal, and lets the history learn from it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from moonpool.history import remember
from moonpool.journal import VERSION, Journal, prune
from moonpool.plugin.distributions import OURS
from moonpool.plugin.names import MEASURES, RECORDER
from moonpool.plugin.reported import Reported
from moonpool.plugin.selection import was_cut_short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

    from moonpool.config import Places
    from moonpool.plugin.selection import Selection
    from moonpool.pool import Allowance

__all__ = ["Recorder", "note_slots"]

# `-qq` wants no more than the outcome.
_QUIET = -1

# Only a run that went to its end measured whole files.
_COMPLETE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


class Recorder:
    """Listens to one run. ``selected`` says whether it may leave out tests of the project.

    ``facts`` are what the first line of the journal says of the run.
    """

    def __init__(
        self, places: Places, facts: Mapping[str, object], *, machine: str, selected: Selection
    ) -> None:
        self._places = places
        self._machine = machine
        self._selected = selected
        self._began = time.time()
        self._facts = {**facts, "machine": machine, "complete": not any(selected)}
        self.journal: Journal | None = None
        self._slots: dict[str, int] = {}
        self.collection_reports: list[object] = []
        self._reported: Reported | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Begin the journal."""
        self.journal = Journal.begin(self._places.journal_folder)
        self.journal.note("run", self._began, version=VERSION, **self._facts)
        self._reported = Reported(self.journal)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how well the workers were used, where our scheduler shared the tests among them."""
        config = terminalreporter.config
        dist = config.getoption("dist", "no")
        if self.journal is None or dist not in OURS:
            return
        if config.get_verbosity() >= _QUIET:
            from moonpool.plugin.judgement import judge

            for line in judge(self.journal.path, dist):
                terminalreporter.write_line(f"moonpool: {line}")

    def note(self, event: str, **facts: object) -> None:
        """Write an event of another part of the run down."""
        if self.journal is not None:
            self.journal.note(event, **facts)

    def note_slots(self, **slots: int) -> None:
        """Write down what the pool gives, when it has changed."""
        if slots != self._slots:
            self._slots = slots
            self.note("slots", **slots)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what this process has collected; with workers it never collects."""
        self.note("collected", worker="main", tests=len(session.items))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what is known of files that were skipped: workers report them too."""
        if not report.passed:
            self.collection_reports.append(report.longrepr)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Note that a worker is being started, and let it measure what its files cost."""
        node.workerinput[MEASURES] = True
        self.note("worker-starts", worker=node.gateway.id)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: WorkerController) -> None:
        """Note that a worker has begun to collect."""
        self.note("worker-up", worker=node.gateway.id)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: WorkerController, ids: list[str]) -> None:
        """Note that a worker is ready for tests."""
        self.note("collected", worker=node.gateway.id, tests=len(ids))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController, error: object) -> None:
        """Note that a worker is gone, and why."""
        reason = "ended" if error is None else str(error)
        self.note("worker-down", worker=node.gateway.id, reason=reason)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note each test when it has been torn down, and each file's start and end."""
        if self._reported is not None:
            self._reported.take(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Note the end, and keep what was learnt; failing to costs speed, not the run.

        A run that might have stopped at a failure teaches as any other when it did not.
        """
        if self.journal is None:
            return
        self.note("end", exit=int(exitstatus))
        with contextlib.suppress(OSError):
            prune(self._places.journal_folder)
            if exitstatus in _COMPLETE and self._ran_everything(session, exitstatus):
                remember(
                    self._places.history_file, self.journal.path, root=self._places.project_root
                )

    def _ran_everything(self, session: pytest.Session, exit_status: int) -> bool:
        return not self._selected.some and not was_cut_short(session, exit_status)


def note_slots(config: pytest.Config, held: int, allowance: Allowance) -> None:
    """Write into the run's journal, if it has one, what the pool gives now."""
    recorder = config.pluginmanager.get_plugin(RECORDER)
    if recorder is not None:
        recorder.note_slots(held=held, granted=allowance.granted, surplus=allowance.surplus)
