"""Runs that begin in pytest's own process and take workers once their tests were measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from coverage import CoverageData

from moonpool.budget import Suite
from moonpool.history import load_history
from moonpool.journal import last_journals, read_journal
from moonpool.plugin.late import worth_hiring
from tests.machine.planting import plant_recording

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import PytestProject

_TESTS = """
import os, time
import pytest

STATE = []

@pytest.fixture(scope="module", autouse=True)
def of_module():
    with open("fixtures", "a") as stream:
        stream.write(f"setup {__name__}\\n")
    yield
    with open("fixtures", "a") as stream:
        stream.write(f"teardown {__name__}\\n")

@pytest.mark.parametrize("number", range(4))
def test_it(number):
    assert len(STATE) == number, "a file stays whole and in order"
    STATE.append(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    assert set(STATE) == {STATE[0]}
    time.sleep(0.2)
"""
FILES, TESTS = 6, 24


@pytest.fixture
def slow(project: PytestProject, tmp_path: Path) -> PytestProject:
    """A project of 5 s of tests that nobody has measured, on a machine of four CPUs."""
    for number in range(FILES):
        project.write(f"tests/test_{number}.py", _TESTS)
    project.write("tests/test_skipped.py", "import pytest\npytest.skip(allow_module_level=True)\n")
    machine = plant_recording("github-runner", tmp_path / "machine")
    project.environ["MOONPOOL_MACHINE_ROOT"] = str(machine)
    project.environ["MOONPOOL_POOL"] = "off"
    return project


def _journal(project: PytestProject) -> list[dict[str, Any]]:
    newest = last_journals(project.root / ".moonpool" / "journal")[0]
    return [{"event": entry.event, **entry.facts} for entry in read_journal(newest)]


def test_slow_tests_get_workers_and_every_test_runs_once(slow: PytestProject) -> None:
    done = slow.test("--junitxml=junit.xml")
    assert done.returncode == 0, done.stdout
    assert "moonpool: no workers: 70 ms of tests (estimated)" in done.stdout
    assert f"{TESTS} passed, 1 skipped" in done.stdout
    cases = list(ElementTree.parse(slow.root / "junit.xml").iter("testcase"))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    workers = {line["worker"] for line in _journal(slow) if line["event"] == "test"}
    assert "main" in workers
    assert len(workers) > 2
    # Module fixtures were made as often as in one process, and the next run knows the files.
    noted = (slow.root / "fixtures").read_text().splitlines()
    assert len(noted) == len(set(noted)) == 2 * FILES
    files = load_history(slow.root / ".moonpool" / "history.jsonl").files
    assert len(files) == FILES
    for file in files.values():
        (run,) = next(iter(file.runs.values()))
        assert run.tests == TESTS / FILES
        # Four times 0.2 s. Of a sleep on a busy machine Linux 6.12 and newer count some as waiting.
        assert run.seconds > 0.4


def test_a_failure_is_a_failure_wherever_it_happens(slow: PytestProject) -> None:
    slow.write("tests/test_0.py", "import time\ndef test_a(): time.sleep(1); assert False\n")
    slow.write("tests/test_9.py", "def test_b(): assert False\n")
    done = slow.test()
    assert done.returncode == 1
    assert f"2 failed, {TESTS - 4} passed, 1 skipped" in done.stdout


def test_a_worker_that_dies_fails_its_test_and_no_other(slow: PytestProject) -> None:
    slow.write(
        "tests/test_9.py",
        "import os\ndef test_before(): pass\n"
        "def test_dies():\n    if 'PYTEST_XDIST_WORKER' in os.environ: os._exit(3)\n"
        "def test_after(): pass\n",
    )
    done = slow.test()
    assert done.returncode == 1
    assert f"1 failed, {TESTS + 2} passed, 1 skipped" in done.stdout


def test_a_single_long_file_gets_workers_where_files_may_be_split(slow: PytestProject) -> None:
    for number in range(FILES):
        (slow.root / f"tests/test_{number}.py").unlink()
    slow.write("pyproject.toml", "[tool.moonpool]\nsplit = true\n")
    slow.write(
        "tests/test_long.py",
        "import pytest, time\n"
        "@pytest.mark.parametrize('number', range(30))\ndef test_it(number): time.sleep(0.2)\n",
    )
    done = slow.test("--junitxml=junit.xml")
    assert done.returncode == 0, done.stdout
    assert "30 passed, 1 skipped" in done.stdout
    ran = [line for line in _journal(slow) if line["event"] == "test"]
    assert sorted(line["test"] for line in ran) == sorted(
        f"tests/test_long.py::test_it[{number}]" for number in range(30)
    )
    workers = {line["worker"] for line in ran}
    assert "main" in workers
    assert len(workers) > 2


def _executed(project: PytestProject) -> dict[str, list[int]]:
    data = CoverageData(str(project.root / ".moonpool" / "coverage"))
    data.read()
    return {name: sorted(data.lines(name) or ()) for name in data.measured_files()}


def test_coverage_is_that_of_one_process(slow: PytestProject) -> None:
    slow.write("pyproject.toml", "[tool.coverage.run]\nsource = ['tests']\n")
    assert slow.test().returncode == 0
    assert any(line["event"] == "workers-added" for line in _journal(slow))
    with_workers = _executed(slow)
    assert slow.test("-n", "0").returncode == 0
    assert with_workers == _executed(slow)
    assert len(with_workers["tests/test_0.py"]) > 5


def test_quick_tests_stay_in_one_process(slow: PytestProject) -> None:
    slow.tests(files=4, each=5)
    for number in range(FILES):
        (slow.root / f"tests/test_{number}.py").unlink()
    assert slow.test().returncode == 0
    assert {line["worker"] for line in _journal(slow) if "worker" in line} == {"main"}


@pytest.mark.parametrize("words", [["-x"], ["--cov=tests"]])
def test_a_run_that_must_not_change_stays_in_one_process(
    slow: PytestProject, words: list[str]
) -> None:
    for number in range(3, FILES):
        (slow.root / f"tests/test_{number}.py").unlink()
    assert slow.test(*words).returncode == 0
    assert {line["worker"] for line in _journal(slow) if "worker" in line} == {"main"}


def _left(seconds: float, files: int, start: float) -> Suite:
    return Suite(files, (seconds / files,) * files, start, 1, 0, tests=files)


def test_workers_must_save_more_than_a_little() -> None:
    assert worth_hiring(_left(20.0, 10, 1.0), 4, 4.0) == 4
    assert worth_hiring(_left(20.0, 1, 1.0), 4, 4.0) == 0
    assert worth_hiring(_left(2.0, 10, 1.5), 4, 4.0) == 0
    assert worth_hiring(_left(1.0, 10, 0.1), 4, 4.0) == 4
    assert worth_hiring(_left(0.0, 10, 0.1), 4, 4.0) == 0
