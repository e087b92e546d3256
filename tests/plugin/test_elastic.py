"""Runs that share a machine: real pytest processes and one ledger, on a machine of four CPUs."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.machine.planting import plant_recording
from tests.support.project import PytestProject, clean_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEST = """
import os, pathlib, time
import pytest

@pytest.mark.parametrize("number", range(4))
def test_it(number):
    pathlib.Path("workers", os.environ.get("PYTEST_XDIST_WORKER", "main")).touch()
    time.sleep(0.25)
"""
FILES, TESTS = 24, 96


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], PytestProject]:
    """Makes projects of 24 s of tests each, on one machine of four CPUs with a pool of its own."""
    machine = plant_recording("github-runner", tmp_path / "machine")
    environ = clean_environment(
        MOONPOOL_MACHINE_ROOT=str(machine), MOONPOOL_POOL_DIR=str(tmp_path / "pool")
    )
    (tmp_path / "pool").mkdir(mode=0o700)

    def project(name: str) -> PytestProject:
        project = PytestProject(tmp_path / name, environ)
        names = [f"tests/test_{number:02}.py" for number in range(FILES)]
        for path in names:
            project.write(path, TEST)
        project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
        project.write("workers/.keep", "")
        project.remember(*names, seconds=1.0, tests=4)
        return project

    return project


def _start(project: PytestProject, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "moonpool", "test", "--junitxml=junit.xml", *words]
    return subprocess.Popen(
        command, cwd=project.root, env=project.environ, stdout=subprocess.PIPE, text=True
    )


def _workers(project: PytestProject) -> set[str]:
    return {path.name for path in (project.root / "workers").iterdir()} - {".keep"}


def _await_workers(project: PytestProject, count: int, run: subprocess.Popen[str]) -> None:
    while len(_workers(project)) < count:
        assert run.poll() is None
        time.sleep(0.02)


def _finish(project: PytestProject, run: subprocess.Popen[str]) -> str:
    output, _ = run.communicate(timeout=120)
    assert run.returncode == 0, output
    cases = ElementTree.parse(project.root / "junit.xml").iter("testcase")
    reported = [f"{case.get('classname')}::{case.get('name')}" for case in cases]
    assert len(reported) == len(set(reported)) == TESTS
    return output


def test_a_run_grows_when_another_one_ends(make: Callable[[str], PytestProject]) -> None:
    first, second = make("first"), make("second")
    busy = _start(first, "-n", "4", "-k", "test_00 or test_01 or test_02 or test_03")
    _await_workers(first, 4, busy)
    run = _start(second)
    busy.communicate(timeout=60)
    output = _finish(second, run)
    assert "moonpool: 1 worker now, 4 as other runs end: 4 CPUs" in output
    assert "moonpool: workers held by other runs: first (4)\n" in output
    assert len(_workers(second)) == 4


def test_a_run_gives_back_what_another_one_is_owed(make: Callable[[str], PytestProject]) -> None:
    first, second = make("first"), make("second")
    early = _start(first)
    _await_workers(first, 4, early)
    late = _start(second)
    _await_workers(second, 2, late)
    assert early.poll() is None
    assert "moonpool: 4 workers: 4 CPUs" in _finish(first, early)
    assert "moonpool: 1 worker now, 4 as other runs end: 4 CPUs" in _finish(second, late)


def test_slots_of_a_killed_run_come_back(make: Callable[[str], PytestProject]) -> None:
    first, second = make("first"), make("second")
    killed = _start(first)
    _await_workers(first, 4, killed)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    run = _start(second)
    assert "moonpool: 4 workers: 4 CPUs" in _finish(second, run)


def test_a_run_can_be_independent(make: Callable[[str], PytestProject]) -> None:
    first, second = make("first"), make("second")
    busy = _start(first, "-n", "4", "-k", "test_00 or test_01")
    _await_workers(first, 2, busy)
    second.environ["MOONPOOL_POOL"] = "off"
    assert "moonpool: 4 workers: 4 CPUs" in _finish(second, _start(second))
    busy.communicate(timeout=60)


def test_a_crash_while_growing_loses_no_test(make: Callable[[str], PytestProject]) -> None:
    first, second = make("first"), make("second")
    second.write(
        "tests/test_00.py",
        "import os, signal\n"
        "def test_crash(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "def test_after(): pass\n",
    )
    busy = _start(first, "-n", "4", "-k", "test_00 or test_01 or test_02 or test_03")
    _await_workers(first, 4, busy)
    run = _start(second)
    busy.communicate(timeout=60)
    output, _ = run.communicate(timeout=120)
    assert run.returncode == 1
    assert f"1 failed, {TESTS - 4 + 1} passed" in output


def test_a_pool_that_cannot_be_shared_is_told_once(make: Callable[[str], PytestProject]) -> None:
    first = make("first")
    first.environ["MOONPOOL_POOL_DIR"] = str(first.root / "pyproject.toml")
    output = _finish(first, _start(first))
    assert output.count("moonpool: no pool of workers can be shared: ") == 1
    assert "moonpool: 4 workers: 4 CPUs" in output
