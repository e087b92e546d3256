from __future__ import annotations

import json
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from moonpool.history import load_history
from moonpool.journal import last_journals, read_journal
from moonpool.machine import machine_class

if TYPE_CHECKING:
    from moonpool.history import History
    from tests.support.project import PytestProject


def _history(project: PytestProject) -> History:
    return load_history(project.root / ".moonpool" / "history.jsonl")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_teaches_each_files_seconds_and_tests(project: PytestProject, workers: str) -> None:
    project.tests(files=3, each=2, seconds=0.05)
    assert project.test("-n", workers).returncode == 0
    files = _history(project).files
    assert sorted(files) == ["tests/test_000.py", "tests/test_001.py", "tests/test_002.py"]
    for file in files.values():
        (run,) = file.runs[machine_class()]
        assert run.tests == 2
        # Linux 6.12 counts a part of what a task sleeps as waiting for a CPU.
        assert 0.01 <= run.seconds < 5.0
        assert 0.0 <= run.cpus < 1.0, "a test that sleeps does not compute"
        assert run.content


def test_start_up_is_learnt(project: PytestProject) -> None:
    project.tests(files=2)
    project.test("-n", "2")
    project.test("-n", "0")
    shared, alone = _history(project).starts[machine_class()]
    assert (shared.workers, alone.workers) == (2, 0)
    assert shared.seconds > alone.seconds
    assert shared.worker_cpu_seconds > 0


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from Linux's /proc")
@pytest.mark.parametrize("workers", ["0", "2"])
def test_memory_and_cpu_are_those_of_each_file(project: PytestProject, workers: str) -> None:
    project.write("tests/test_0.py", "def test_large(): assert len(bytearray(200_000_000))\n")
    project.write(
        "tests/test_1.py",
        "import time\ndef test_busy():\n    end = time.process_time() + 0.3\n"
        "    while time.process_time() < end: pass\n",
    )
    project.write(
        "tests/test_2.py",
        "import subprocess, sys\ndef test_child():\n"
        "    subprocess.run([sys.executable, '-c', 'sum(range(10_000_000))'])\n",
    )
    assert project.test("-n", workers).returncode == 0
    files = {name: file.runs[machine_class()][0] for name, file in _history(project).files.items()}
    large, busy = files["tests/test_0.py"], files["tests/test_1.py"]
    assert large.peak_bytes > 200_000_000
    assert busy.peak_bytes < large.peak_bytes - 100_000_000
    ends = {line["file"]: line for line in _journal(project) if line["event"] == "file-end"}
    assert ends["tests/test_1.py"]["cpu_seconds"] >= 0.3
    assert ends["tests/test_2.py"]["children_seconds"] >= 0.1


@pytest.mark.parametrize("words", [["-k", "test_0"], ["tests/test_000.py"]])
def test_a_run_of_some_tests_teaches_nothing(project: PytestProject, words: list[str]) -> None:
    project.tests(files=2)
    project.test(*words)
    assert not _history(project).files


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_that_might_have_stopped_teaches_if_it_did_not(
    project: PytestProject, workers: str
) -> None:
    project.tests(files=2)
    assert project.test("-x", "-n", workers).returncode == 0
    assert len(_history(project).files) == 2


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_that_a_failure_stopped_teaches_nothing(project: PytestProject, workers: str) -> None:
    project.tests(files=2)
    project.write("tests/test_000.py", "def test_fails(): assert 0\n")
    assert project.test("-x", "-n", workers).returncode != 0
    assert not _history(project).files


def test_tests_that_the_project_always_leaves_out_are_not_missed(project: PytestProject) -> None:
    project.write(
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = ['-k', 'not test_1', '--maxfail=9']\n",
    )
    project.tests(files=2)
    project.test()
    files = _history(project).files.values()
    assert [file.runs[machine_class()][0].tests for file in files] == [1, 1]


def test_plain_pytest_leaves_no_trace(project: PytestProject) -> None:
    project.tests(files=2)
    project.pytest()
    assert not (project.root / ".moonpool").exists()


def _journal(project: PytestProject) -> list[dict[str, Any]]:
    newest = last_journals(project.root / ".moonpool" / "journal")[0]
    return [{"event": entry.event, **entry.facts} for entry in read_journal(newest)]


def _events(project: PytestProject) -> list[str]:
    return [entry["event"] for entry in _journal(project)]


def test_the_journal_tells_the_run_in_order(project: PytestProject) -> None:
    project.tests(files=1, each=2)
    project.test()
    assert _events(project) == [
        "run",
        "collected",
        "file-start",
        "test",
        "test",
        "file-end",
        "end",
    ]


def test_the_journal_tells_of_workers(project: PytestProject) -> None:
    project.tests(files=2, each=1)
    project.test("-n", "2")
    lines = [line for line in _journal(project) if "worker" in line]
    assert {line["worker"] for line in lines} == {"gw0", "gw1"}
    for worker in ("gw0", "gw1"):
        assert [line["event"] for line in lines if line["worker"] == worker] == [
            "worker-starts",
            "worker-up",
            "collected",
            "file-start",
            "test",
            "file-end",
            "worker-down",
        ]


def test_a_run_says_at_its_end_how_well_its_workers_were_used(project: PytestProject) -> None:
    project.tests(files=4, each=1, seconds=0.1)
    said = "moonpool: 4 tests in "
    output = project.test("-n", "2").stdout
    assert said in output
    assert " on 2 workers, " in output
    assert " % of what this work allows (bound " in output
    assert " (bound " in project.test("-n", "2", "--dist", "load").stdout
    for words in (["-n", "0"], ["-n", "2", "-qq"], ["-n", "2", "--dist", "worksteal"]):
        assert said not in project.test(*words).stdout


def test_the_journal_tells_each_tests_outcome(project: PytestProject) -> None:
    project.write(
        "tests/test_it.py",
        "import pytest\n"
        "@pytest.fixture\ndef broken(): raise ValueError\n"
        "@pytest.fixture\ndef breaks():\n    yield\n    raise ValueError\n"
        "def test_passed(): pass\n"
        "def test_failed(): assert False\n"
        "def test_error(broken): pass\n"
        "def test_late_error(breaks): pass\n"
        "def test_skipped(): pytest.skip()\n"
        "@pytest.mark.xfail\ndef test_xfailed(): assert False\n"
        "@pytest.mark.xfail\ndef test_xpassed(): pass\n",
    )
    project.test()
    outcomes = {
        line["test"].partition("::test_")[2]: line["outcome"]
        for line in _journal(project)
        if line["event"] == "test"
    }
    assert outcomes == {
        "passed": "passed",
        "failed": "failed",
        "error": "error",
        "late_error": "error",
        "skipped": "skipped",
        "xfailed": "xfailed",
        "xpassed": "xpassed",
    }


def test_the_journal_tells_what_coverage_and_isolation_took(project: PytestProject) -> None:
    project.tests(files=1)
    project.write(
        "pyproject.toml",
        "[tool.coverage.run]\nsource = ['tests']\n"
        "[tool.moonpool.databases]\nurls = ['DATABASE_URL']\n",
    )
    url = f"sqlite:///{project.root}/app_test.db"
    assert project.test("-n", "2", DATABASE_URL=url).returncode == 0
    lines = _journal(project)
    assert lines[-1]["event"] == "coverage"
    assert lines[-1]["seconds"] > 0
    (end,) = [line for line in lines if line["event"] == "file-end"]
    assert end["isolation_seconds"] > 0


def test_the_journal_tells_of_a_crash_and_its_file_teaches_nothing(project: PytestProject) -> None:
    project.tests(files=2, each=2)
    project.write(
        "tests/test_000.py",
        "import os\ndef test_dies(): os._exit(3)\ndef test_after(): pass\n",
    )
    assert project.test("-n", "2").returncode == 1
    lines = _journal(project)
    (crash,) = [line for line in lines if line["event"] == "crash"]
    assert crash["test"] == "tests/test_000.py::test_dies"
    (down,) = [
        line
        for line in lines
        if line["event"] == "worker-down" and line["worker"] == crash["worker"]
    ]
    assert down["reason"] == "Not properly terminated"
    assert list(_history(project).files) == ["tests/test_001.py"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_the_journal_of_a_killed_run_tells_how_far_it_came(project: PytestProject) -> None:
    project.write("tests/test_0.py", "def test_quick(): pass\n")
    project.write("tests/test_1.py", "import time\ndef test_slow(): time.sleep(60)\n")
    run = project.start("test", "-n", "0")
    journals = project.root / ".moonpool" / "journal"
    while not list(journals.glob("*")) or _events(project).count("file-start") < 2:
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert _events(project) == [
        "run",
        "collected",
        "file-start",
        "test",
        "file-end",
        "file-start",
    ]


def test_a_run_of_some_tests_is_in_the_journal_all_the_same(project: PytestProject) -> None:
    project.tests(files=2)
    project.test("tests/test_001.py")
    assert _journal(project)[0]["complete"] is False
    assert _events(project).count("test") == 2


def test_a_damaged_history_is_told_once_and_mended(project: PytestProject) -> None:
    project.tests(files=2)
    project.test()
    path = project.root / ".moonpool" / "history.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    said = f"moonpool: `{path}` was damaged: 1 of 3 lines are lost"
    assert project.test().stdout.count(said) == 1
    assert "was damaged" not in project.test().stdout


def test_a_history_of_a_newer_version_is_told_once_and_left_alone(project: PytestProject) -> None:
    project.tests(files=2)
    path = project.write(".moonpool/history.jsonl", json.dumps({"version": 99}) + "\n")
    said = f"moonpool: `{path}` is of a newer moonpool: it is neither read nor written"
    assert project.test("-n", "2").stdout.count(said) == 1
    assert path.read_text() == json.dumps({"version": 99}) + "\n"
