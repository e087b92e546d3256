"""Projects whose real pytest-xdist runs use our scheduler, and what can be read off such a run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.support.project import PytestProject

__all__ = ["Ran", "Run", "prepare", "run"]

# A deadlock must fail the test; nothing here takes more than a few seconds.
_DEADLOCK_SECONDS = 120

_PLUGIN = """
import json, os, sys
from moonpool.plugin.names import ASKS, GROUPS

def pytest_addoption(parser):
    parser.addoption("--eager", action="store_true")

def pytest_configure(config):
    workerinput = getattr(config, "workerinput", None)
    if workerinput is None:
        from moonpool.plugin.arrangement import Arrangement
        from moonpool.plugin.scheduling import LongestFirst
        workers = config.getoption("numprocesses") or 1
        known = Arrangement(json.loads(os.environ.get("FILE_SECONDS", "{}")), 0.01, workers=workers)
        config.pluginmanager.register(LongestFirst(known), "longest-first")
        return
    if ASKS in workerinput and not config.getoption("--eager"):
        from moonpool.plugin.lazy_loop import LazyLoop
        config.pluginmanager.register(LazyLoop(config))
    if GROUPS in workerinput:
        from moonpool.plugin.groups import Groups
        config.pluginmanager.register(Groups(config))
"""

_CONFTEST = """
import json, os, time
import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

def note(**facts):
    line = json.dumps({"worker": WORKER, "time": time.monotonic(), **facts}) + "\\n"
    path = os.path.join(os.path.dirname(__file__), "events")
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, line.encode())
    os.close(log)

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    note(event="begin", id=item.nodeid)
    try:
        return (yield)
    finally:
        note(event="end", id=item.nodeid)

def pytest_runtest_logreport(report):
    if not WORKER and (report.when not in ("setup", "teardown") or report.failed):
        note(event="report", id=report.nodeid, outcome=report.outcome)
"""


@dataclass(frozen=True)
class Ran:
    """One test that began: where, and from when to when; ``end`` is None if its worker died."""

    id: str
    worker: str
    begin: float
    end: float | None

    @property
    def file(self) -> str:
        return self.id.partition("::")[0]


@dataclass(frozen=True)
class Run:
    """A finished run and the events that its processes noted."""

    code: int
    output: str
    events: Sequence[Mapping[str, Any]]

    @property
    def reports(self) -> Mapping[str, list[str]]:
        """The outcomes that the controller reported for each test."""
        reports: dict[str, list[str]] = {}
        for event in self._of("report"):
            reports.setdefault(event["id"], []).append(event["outcome"])
        return reports

    @property
    def ran(self) -> list[Ran]:
        """The tests in the order in which they began."""
        ends = {(event["id"], event["worker"]): event["time"] for event in self._of("end")}
        return [
            Ran(
                event["id"],
                event["worker"],
                event["time"],
                ends.get((event["id"], event["worker"])),
            )
            for event in self._of("begin")
        ]

    @property
    def fixtures(self) -> Counter[str]:
        """How often each `setup …` and `teardown …` that the tests noted has happened."""
        return Counter(event["what"] for event in self._of("fixture"))

    def _of(self, kind: str) -> list[Mapping[str, Any]]:
        return [event for event in self.events if event["event"] == kind]


def prepare(project: PytestProject) -> None:
    """Add the plugin and the conftest that notes events."""
    project.write("scheduled_run.py", _PLUGIN)
    project.write("conftest.py", _CONFTEST)


def run(
    project: PytestProject, *words: str, file_seconds: Mapping[str, float] | None = None
) -> Run:
    """Run pytest with our scheduler; a run that hangs is a failure."""
    events = project.root / "events"
    events.unlink(missing_ok=True)
    program = (sys.executable, "-m", "pytest", "-p", "no:moonpool", "-p", "scheduled_run")
    done = subprocess.run(
        [*program, "--dist", "loadfile", *words],
        cwd=project.root,
        env={**project.environ, "FILE_SECONDS": json.dumps(file_seconds or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_DEADLOCK_SECONDS,
        check=False,
    )
    return Run(done.returncode, done.stdout, _read(events))


def _read(events: Path) -> list[Mapping[str, Any]]:
    if not events.exists():
        return []
    return [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
