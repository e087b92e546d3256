from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.journal import Journal, read_journal

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_an_event_is_a_line_with_its_time_and_facts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl", Clock())
    journal.note("worker-up", worker="gw0")
    journal.note("file-start", 5.0, file="tests/test_ü.py")
    assert [json.loads(line) for line in journal.path.read_text().splitlines()] == [
        {"event": "worker-up", "time": 1_000_000.0, "worker": "gw0"},
        {"event": "file-start", "time": 5.0, "file": "tests/test_ü.py"},
    ]


def test_a_tests_event_is_written_as_any_other(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl", Clock())
    test = 'tests/test_a.py::test_it["quoted"\\-ü-\n]'
    journal.gather_test(7.00004, "gw0", test, "passed", 0.12345678, 0.0)
    facts = {"worker": "gw0", "test": test, "outcome": "passed", "seconds": 0.1235, "setup": 0.0}
    assert json.loads(journal.path.read_text()) == {"event": "test", "time": 7.0, **facts}


def test_names_of_journals_sort_by_time_and_tell_the_process(tmp_path: Path) -> None:
    clock = Clock()
    first = Journal.begin(tmp_path / "deep" / "folder", clock=clock, process=7)
    clock.now += 0.5
    second = Journal.begin(tmp_path / "deep" / "folder", clock=clock, process=3)
    assert first.path.name == "19700112T134640.000000Z-7.jsonl"
    assert sorted([second.path, first.path]) == [first.path, second.path]


def test_frequent_events_wait_a_moment_for_one_another(tmp_path: Path) -> None:
    clock = Clock()
    journal = Journal(tmp_path / "j.jsonl", clock)
    written = []
    for _ in range(6):
        journal.gather("test")
        written.append(_count(journal.path))
        clock.now += 0.02
    assert written == [1, 1, 1, 4, 4, 4]
    journal.note("end")
    assert _count(journal.path) == 7


def _count(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_folder_that_cannot_be_written_costs_the_record_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "j.jsonl")
    journal.note("run")
    journal.close()
    assert journal.failure is not None
    assert "j.jsonl" in journal.failure


def test_what_comes_after_the_end_is_dropped(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.gather("test")
    journal.close()
    journal.note("end")
    assert len(journal.path.read_text().splitlines()) == 1


_KILLED = """
import os, pathlib, signal, sys
from moonpool.journal import VERSION, Journal
journal = Journal(pathlib.Path(sys.argv[1]))
journal.note("run", version=VERSION)
journal.gather("test", test="a")
journal.note("file-end", file="a")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_what_was_noted_outlives_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    child = subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)
    assert child.returncode == -signal.SIGKILL
    assert [entry.event for entry in read_journal(path)] == ["run", "test", "file-end"]


@pytest.mark.skipif(os.name != "posix", reason="needs permission bits")
def test_a_journal_is_for_its_user_alone(tmp_path: Path) -> None:
    assert Journal(tmp_path / "j.jsonl").path.stat().st_mode & 0o777 == 0o600
