from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.processes import ends

if TYPE_CHECKING:
    from tests.support.project import PytestProject

needs_signals = pytest.mark.skipif(os.name != "posix", reason="the system has no SIGTERM")


def test_the_exit_codes_are_pytests(project: PytestProject) -> None:
    project.write("tests/test_a.py", "def test_a(): assert False\n")
    project.write("tests/test_b.py", "def test_b(): pass\n")
    for words in ([], ["-n", "2"]):
        assert project.test(*words).returncode == 1
        assert project.test("tests/test_b.py", *words).returncode == 0
        assert project.test("tests/test_none.py", *words).returncode == 4
    assert project.test("-k", "nothing").returncode == 5


def test_the_first_failure_stops_the_run_when_asked(project: PytestProject) -> None:
    for number in range(6):
        project.write(f"tests/test_{number}.py", "def test_it(): assert False\n")
    done = project.test("-x")
    assert done.returncode == 1
    assert "stopping after 1 failures" in done.stdout


def test_a_project_without_tests_fails_unless_configured(project: PytestProject) -> None:
    assert project.test().returncode == 5
    project.write("pyproject.toml", "[tool.moonpool]\nallow-no-tests = true\n")
    assert project.test().returncode == 0


def test_last_failed_runs_only_what_failed(project: PytestProject) -> None:
    project.write("tests/test_a.py", "def test_a(): assert False\n")
    project.write("tests/test_b.py", "def test_b(): pass\n")
    project.test("-n", "2")
    done = project.test("--lf")
    assert "1 failed" in done.stdout
    assert "passed" not in done.stdout


@needs_signals
@pytest.mark.parametrize("workers", ["0", "2"])
def test_sigterm_ends_the_run_with_summary_and_junit(project: PytestProject, workers: str) -> None:
    project.write("tests/test_a.py", "def test_quick(): pass\n")
    project.write(
        "tests/test_b.py",
        "import pathlib, time\n"
        "def test_slow():\n"
        "    pathlib.Path('started').touch()\n"
        "    time.sleep(1.5)\n",
    )
    command = [sys.executable, "-m", "moonpool", "test", "-n", workers, "--junitxml=junit.xml"]
    with subprocess.Popen(
        command, cwd=project.root, env=project.environ, stdout=subprocess.PIPE, text=True
    ) as child:
        while not (project.root / "started").exists():
            assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        output, _ = child.communicate(timeout=30)
    assert child.returncode == 2
    assert "KeyboardInterrupt" in output
    assert (project.root / "junit.xml").is_file()


@needs_signals
def test_workers_end_with_a_killed_controller(project: PytestProject) -> None:
    project.write(
        "tests/test_a.py",
        "import os, pathlib, time\n"
        "def test_slow():\n"
        "    pathlib.Path('pid.aside').write_text(str(os.getpid()))\n"
        "    pathlib.Path('pid.aside').rename('pid')\n"
        "    time.sleep(120)\n",
    )
    command = [sys.executable, "-m", "moonpool", "test", "-n", "2"]
    with subprocess.Popen(
        command, cwd=project.root, env=project.environ, stdout=subprocess.DEVNULL
    ) as child:
        while not (project.root / "pid").exists():
            assert child.poll() is None
        child.kill()
    worker = int((project.root / "pid").read_text())
    assert ends(worker)
