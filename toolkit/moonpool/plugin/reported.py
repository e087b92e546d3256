"""Turns pytest's reports, three a test, into the journal's lines about tests and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.plugin.usage import ATTRIBUTE

if TYPE_CHECKING:
    import pytest

    from moonpool.journal import Journal

__all__ = ["Reported"]

# The process that runs the tests when there are no workers.
_MAIN = "main"


class _Worker:
    """What one worker is at: its file, and the test that has begun and not ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.file = ""
        self.start = self.setup_seconds = self.seconds = 0.0
        self.outcome = "passed"


class Reported:
    """Writes what the reports of one run say into its journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._workers: dict[object, _Worker] = {}

    def take(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test; a worker runs one test at a time."""
        node = getattr(report, "node", None)
        worker = self._workers.get(node) or self._meet(node)
        when = report.when
        if when == "setup":
            self._begin(worker, report)
        else:
            worker.seconds += report.duration
        if report.outcome != "passed" or hasattr(report, "wasxfail"):
            worker.outcome = _outcome(report, worker.outcome)
        if when == "teardown":
            self._end(worker, report)
        elif when not in ("setup", "call"):
            # pytest-xdist's own report of a test in which a worker died.
            self._note_test(worker, report.nodeid, "crashed")
            self._journal.note("crash", worker=worker.name, test=report.nodeid)

    def _meet(self, node: object) -> _Worker:
        gateway = getattr(node, "gateway", None)
        worker = self._workers[node] = _Worker(_MAIN if gateway is None else gateway.id)
        return worker

    def _begin(self, worker: _Worker, report: pytest.TestReport) -> None:
        worker.start, worker.outcome = report.start, "passed"
        worker.seconds = worker.setup_seconds = report.duration
        file = report.nodeid.partition("::")[0]
        if file != worker.file:
            worker.file = file
            self._journal.note("file-start", report.start, worker=worker.name, file=file)

    def _end(self, worker: _Worker, report: pytest.TestReport) -> None:
        self._note_test(worker, report.nodeid, worker.outcome)
        usage = getattr(report, ATTRIBUTE, None)
        if usage is not None:
            facts = {"worker": worker.name, "file": worker.file, **usage}
            self._journal.note("file-end", report.stop, **facts)
            worker.file = ""

    def _note_test(self, worker: _Worker, test: str, outcome: str) -> None:
        self._journal.gather_test(
            worker.start, worker.name, test, outcome, worker.seconds, worker.setup_seconds
        )


def _outcome(report: pytest.TestReport, before: str) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.failed and report.when != "call":
        return "error" if before == "passed" else before
    return str(report.outcome)
