"""Workers that are forked from a copy of the controller are as good as new processes."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from moonpool.config import find_places
from tests.support.processes import ends

if TYPE_CHECKING:
    from tests.support.project import PytestProject

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a safe fork")

TELLS_PROCESSES = """
import os, pathlib
def test_tells(): pathlib.Path(f"told-{os.getpid()}").write_text(str(os.getppid()))
"""

SLEEPS = """
def test_sleeps():
    import time
    time.sleep(60)
"""

KILLS = """
def test_kills():
    import signal, time
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
"""

AS_NEW = """
import atexit, multiprocessing, os, pathlib, signal, subprocess, sys, threading

left_open = open(f"left-open-{os.getpid()}", "w")
left_open.write("what nobody closed")
atexit.register(lambda: pathlib.Path(f"said-good-bye-{os.getpid()}").touch())

def test_main_is_nobodys_file():
    assert not hasattr(sys.modules["__main__"], "__file__")
def test_standard_input_is_empty():
    assert os.read(0, 1) == b""
def test_what_the_controllers_conftest_set_is_there():
    assert os.environ["SET_BY_CONFTEST"] == "in the controller"
def test_signals_are_answered_as_ever():
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
def test_it_is_alone():
    assert threading.current_thread() is threading.main_thread()
def test_a_child_of_its_own():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(abs, [-1]) == [1]
def test_a_forked_child():
    assert os.waitstatus_to_exitcode(os.waitpid(os.fork() or os._exit(3), 0)[1]) == 3
def test_the_working_folder():
    assert os.getcwd() == str(pathlib.Path(__file__).parent.parent)
"""

SETS = """
import os
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["SET_BY_CONFTEST"] = "in the controller"
"""


def _started(project: PytestProject) -> tuple[Any, Any]:
    folder = find_places(project.root, project.environ).journal_folder
    newest = max(folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    lines = [json.loads(line) for line in newest.read_text().splitlines()]
    run = next(line for line in lines if line["event"] == "run")
    return run["start_method"], run.get("spawn_reason")


@linux
def test_workers_are_forked_from_a_server(project: PytestProject) -> None:
    for name in ("one", "two"):
        project.write(f"tests/test_{name}.py", TELLS_PROCESSES)
    done = project.test("-n", "2")
    assert done.returncode == 0, done.stdout
    parents = {path.read_text() for path in project.root.glob("told-*")}
    assert len(parents) == 1
    assert _started(project) == ("forkserver", None)
    assert not Path(f"/proc/{parents.pop()}").exists()


@linux
@pytest.mark.parametrize("program", [["moonpool", "test"], ["pytest", "-n", "auto"]])
def test_workers_of_an_installed_program_are_forked_too(
    project: PytestProject, program: list[str]
) -> None:
    for name in ("one", "two"):
        project.write(f"tests/test_{name}.py", TELLS_PROCESSES)
    project.remember("tests/test_one.py", "tests/test_two.py", seconds=9.0, tests=1)
    script = Path(sys.executable).with_name(program[0])
    done = project.run(str(script), *program[1:])
    assert done.returncode == 0, done.stdout
    assert _started(project) == ("forkserver", None)


def test_workers_can_be_started_anew(project: PytestProject) -> None:
    project.write("tests/test_it.py", TELLS_PROCESSES)
    done = project.test("-n", "1", MOONPOOL_START_METHOD="spawn")
    assert done.returncode == 0, done.stdout
    assert _started(project) == ("spawn", "`start-method` is `spawn`")


def test_a_start_method_that_there_is_not(project: PytestProject) -> None:
    project.write("tests/test_it.py", "def test(): pass\n")
    done = project.test("-n", "1", MOONPOOL_START_METHOD="thread")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "`start-method` is `thread`, expected `forkserver` or `spawn`" in done.stderr


def test_a_worker_is_as_a_new_process(project: PytestProject) -> None:
    project.write("conftest.py", SETS)
    project.write("tests/test_new.py", AS_NEW)
    done = project.test("-n", "1")
    assert done.returncode == 0, done.stdout
    assert [path.read_text() for path in project.root.glob("left-open-*")] == ["what nobody closed"]
    assert len(list(project.root.glob("said-good-bye-*"))) == 1


@linux
def test_code_of_the_project_is_imported_by_each_worker(project: PytestProject) -> None:
    project.write("of_ours.py", "")
    project.write("tests/test_it.py", TELLS_PROCESSES)
    done = project.test("-n", "1", "-p", "of_ours")
    assert done.returncode == 0, done.stdout
    reason = "of_ours is imported already, which is no installed package"
    assert _started(project) == ("spawn", reason)


IS_THERE = """
import sys
def test_it(): assert "xml.sax" in sys.modules
"""


@linux
def test_modules_can_be_preloaded(project: PytestProject) -> None:
    project.write("tests/test_it.py", IS_THERE)
    assert project.test("-n", "1").returncode == pytest.ExitCode.TESTS_FAILED
    done = project.test("-n", "1", MOONPOOL_PRELOAD="xml.sax,json")
    assert done.returncode == pytest.ExitCode.OK


@linux
def test_a_module_that_is_not_there_is_named(project: PytestProject) -> None:
    project.write("tests/test_it.py", "def test(): pass\n")
    done = project.test("-n", "1", MOONPOOL_PRELOAD="no_such_module")
    assert done.returncode == pytest.ExitCode.OK
    named = "moonpool: `preload` names `no_such_module`: No module named 'no_such_module'"
    assert named in done.stderr


@linux
def test_what_a_preloaded_module_must_not_do(project: PytestProject) -> None:
    project.write("tests/test_it.py", "def test(): pass\n")
    project.write("of_ours.py", "")
    done = project.test("-n", "2", MOONPOOL_PRELOAD="of_ours")
    assert done.returncode == pytest.ExitCode.OK
    reason = "workers are started anew: of_ours is imported already"
    assert reason in done.stderr


@linux
def test_a_killed_controller_leaves_no_process(project: PytestProject) -> None:
    for name in ("one", "two"):
        project.write(f"tests/test_{name}.py", TELLS_PROCESSES + SLEEPS)
    controller = project.start("test", "-n", "2")
    told = _await_files(project, 2)
    controller.kill()
    controller.wait()
    assert all(ends(int(path.name.removeprefix("told-"))) for path in told)
    assert all(ends(int(path.read_text())) for path in told)


@linux
def test_workers_start_anew_when_the_server_is_killed(project: PytestProject) -> None:
    project.write("tests/test_a.py", TELLS_PROCESSES + KILLS)
    project.tests(4)
    done = project.test("-n", "2", "--max-worker-restart=4")
    assert "crashed while running 'tests/test_a.py::test_kills'" in done.stdout
    # The other worker may have been in a test as well, or in the teardown of one that passed.
    counts = re.search(r"(\d) failed, (\d) passed", done.stdout)
    assert counts is not None
    assert counts.groups() in {("1", "9"), ("2", "8"), ("2", "9")}
    assert done.returncode == pytest.ExitCode.TESTS_FAILED


def _await_files(project: PytestProject, count: int) -> list[Path]:
    until = time.monotonic() + 60
    while len(told := list(project.root.glob("told-*"))) < count:
        assert time.monotonic() < until
        time.sleep(0.05)
    return told
