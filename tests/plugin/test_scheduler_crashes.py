"""Workers that die, join late or retire, in real runs: nothing is lost and nothing runs twice."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.plugin.scheduled import Run, prepare, run

if TYPE_CHECKING:
    from tests.support.project import PytestProject

DEATHS = {
    "exit": "os._exit(3)",
    "kill": "os.kill(os.getpid(), signal.SIGKILL)",
}
deaths = pytest.mark.parametrize(
    "death",
    [
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                name == "kill" and os.name != "posix", reason="the system has no SIGKILL"
            ),
        )
        for name in DEATHS
    ],
)


@pytest.fixture
def suite(project: PytestProject) -> PytestProject:
    """A project without tests, ready to run under our scheduler."""
    prepare(project)
    return project


def _write(suite: PytestProject, name: str, death: str | None = None, at: int = -1) -> None:
    # Four tests of which one may kill its worker.
    bodies = [DEATHS[death] if death and n == at else "pass" for n in range(4)]
    tests = "".join(f"def test_{n}(): {body}\n" for n, body in enumerate(bodies))
    suite.write(f"tests/test_{name}.py", f"import os, signal\n{tests}")


def _check(done: Run, tests: int, culprits: set[str]) -> None:
    assert done.code == 1, done.output
    names = set(done.reports)
    assert len(names) == tests
    assert done.reports == {name: ["failed" if name in culprits else "passed"] for name in names}
    assert len(done.ran) == tests, "a test ran twice or not at all"
    assert f"{len(culprits)} failed, {tests - len(culprits)} passed" in done.output
    for culprit in culprits:
        assert f"crashed while running '{culprit}'" in done.output


@deaths
@pytest.mark.parametrize(
    ("workers", "loop"), [("1", ()), ("2", ()), ("4", ()), ("1", ("--eager",)), ("2", ("--eager",))]
)
def test_a_worker_dies_in_the_middle_of_a_file(
    suite: PytestProject, workers: str, loop: tuple[str, ...], death: str
) -> None:
    for name in ("b", "c"):
        _write(suite, name)
    _write(suite, "a", death, at=1)
    seconds = {"tests/test_a.py": 9.0}
    done = run(suite, "-n", workers, *loop, file_seconds=seconds)
    _check(done, 12, {"tests/test_a.py::test_1"})
    order = [test.id[-1] for test in done.ran if test.file == "tests/test_a.py"]
    assert order == ["0", "1", "2", "3"]


@pytest.mark.skipif(os.name != "posix", reason="the system has no SIGKILL")
@pytest.mark.parametrize("at", ["test_1", "test_3"])
def test_a_worker_dies_between_two_tests(suite: PytestProject, at: str) -> None:
    for name in ("a", "b"):
        _write(suite, name)
    suite.write(
        "tests/conftest.py",
        "import os, pathlib, signal\n"
        "def pytest_runtest_logfinish(nodeid):\n"
        f"    last = 'PYTEST_XDIST_WORKER' in os.environ and nodeid.endswith('a.py::{at}')\n"
        "    if last and not pathlib.Path('died').exists():\n"
        "        pathlib.Path('died').touch()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    done = run(suite, "-n", "2")
    assert (suite.root / "died").exists()
    assert done.code == 0, done.output
    assert len(done.reports) == len(done.ran) == 8
    assert set(map(tuple, done.reports.values())) == {("passed",)}


@pytest.mark.parametrize("loop", [(), ("--eager",)], ids=["lazy", "eager"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_worker_dies_in_its_first_test_after_a_finished_file(
    suite: PytestProject, workers: str, loop: tuple[str, ...]
) -> None:
    for name in ("a", "b"):
        _write(suite, name)
    _write(suite, "z", "exit", at=0)
    seconds = {"tests/test_a.py": 9.0, "tests/test_b.py": 8.0, "tests/test_z.py": 1.0}
    done = run(suite, "-n", workers, *loop, file_seconds=seconds)
    _check(done, 12, {"tests/test_z.py::test_0"})


@pytest.mark.parametrize("at", [0, 3])
@pytest.mark.parametrize("workers", ["1", "2", "4"])
def test_a_worker_dies_in_the_last_file(suite: PytestProject, workers: str, at: int) -> None:
    for number in range(5):
        _write(suite, f"a{number}")
    _write(suite, "z", "exit", at=at)
    seconds = {f"tests/test_a{number}.py": 9.0 for number in range(5)}
    done = run(suite, "-n", workers, file_seconds=seconds)
    _check(done, 24, {f"tests/test_z.py::test_{at}"})


def test_workers_die_one_after_another(suite: PytestProject) -> None:
    for name in ("a", "b", "c"):
        _write(suite, name, "exit", at=2)
    done = run(suite, "-n", "2")
    _check(done, 12, {f"tests/test_{name}.py::test_2" for name in ("a", "b", "c")})


def test_a_worker_that_may_not_be_replaced_ends_the_run(suite: PytestProject) -> None:
    _write(suite, "a", "exit", at=1)
    done = run(suite, "-n", "1", "--max-worker-restart=0")
    assert done.code == 1, done.output
    assert "worker gw0 crashed and worker restarting disabled" in done.output
    assert len(done.ran) == 2


def test_a_plugin_may_run_a_crashed_test_again(suite: PytestProject) -> None:
    again = (
        "def pytest_handlecrashitem(crashitem, report, sched):\n"
        "    report.outcome = 'rerun'\n"
        "    sched.mark_test_pending(crashitem)\n"
    )
    with (suite.root / "conftest.py").open("a") as conftest:
        conftest.write(again)
    suite.write(
        "tests/test_a.py",
        "import os, pathlib\n"
        "def test_0(): pass\n"
        "def test_1():\n"
        "    died = pathlib.Path('died')\n"
        "    if not died.exists():\n"
        "        died.touch()\n"
        "        os._exit(3)\n"
        "def test_2(): pass\n",
    )
    done = run(suite, "-n", "1")
    assert done.code == 0, done.output
    assert [test.id[-1] for test in done.ran] == ["0", "1", "1", "2"]
    assert "3 passed" in done.output


_CONTROL = """
import execnet

class Control:
    def __init__(self, config):
        self.config, self.seen = config, 0

    @property
    def scheduler(self):
        return self.config.pluginmanager.get_plugin("longest-first").scheduler

    def pytest_runtest_logreport(self, report):
        self.seen += report.when == "teardown"
        if report.when == "teardown":
            self.act(report)

    def grow(self, count):
        session = self.config.pluginmanager.get_plugin("dsession")
        for _ in range(count):
            spec = execnet.XSpec("execmodel=main_thread_only//popen")
            session.nodemanager.group.allocate_id(spec)
            node = session.nodemanager.setup_node(spec, session.queue.put)
            session._active_nodes.add(node)

    def act(self, report):
%s

def pytest_configure(config):
    if not WORKER:
        config.pluginmanager.register(Control(config))
"""


def _control(suite: PytestProject, act: str) -> None:
    with (suite.root / "conftest.py").open("a") as conftest:
        conftest.write(_CONTROL % act)


@pytest.mark.parametrize("loop", [(), ("--eager",)], ids=["lazy", "eager"])
def test_a_retiring_worker_finishes_its_file_and_gets_no_other(
    suite: PytestProject, loop: tuple[str, ...]
) -> None:
    _control(
        suite,
        """
        if self.seen == 3:
            assert self.scheduler.retire(report.node)
            assert self.scheduler.is_retiring(report.node)
            note(event="retired", retired=report.node.gateway.id, file=report.nodeid[:17])
        """,
    )
    suite.tests(files=8, each=6, seconds=0.02)
    done = run(suite, "-n", "2", *loop)
    assert done.code == 0, done.output
    assert "48 passed" in done.output
    assert set(map(len, done.reports.values())) == {1}
    (retired,) = [event for event in done.events if event["event"] == "retired"]
    files = [test.file for test in done.ran if test.worker == retired["retired"]]
    assert files == [retired["file"]] * 6


def test_the_last_worker_does_not_retire_while_files_are_left(suite: PytestProject) -> None:
    _control(
        suite,
        """
        if self.seen == 1:
            assert self.scheduler.unbound_units
            assert not self.scheduler.retire(report.node)
            assert not self.scheduler.is_retiring(report.node)
        """,
    )
    suite.tests(files=3, each=2)
    done = run(suite, "-n", "1")
    assert done.code == 0, done.output
    assert "6 passed" in done.output


@pytest.mark.parametrize("loop", [(), ("--eager",)], ids=["lazy", "eager"])
def test_workers_join_a_run_that_is_under_way(suite: PytestProject, loop: tuple[str, ...]) -> None:
    _control(
        suite,
        """
        if self.seen == 1:
            assert len(self.scheduler.live_nodes) == 1
            assert len(self.scheduler.unbound_units) == 29
            assert abs(self.scheduler.unbound_seconds - 29 * 4.0) < 1e-6
            self.grow(2)
        """,
    )
    suite.tests(files=30, each=4, seconds=0.05)
    seconds = {f"tests/test_{n:03}.py": 4.0 for n in range(30)}
    done = run(suite, "-n", "1", *loop, file_seconds=seconds)
    assert done.code == 0, done.output
    assert "120 passed" in done.output
    assert len(done.ran) == 120
    assert {test.worker for test in done.ran} == {"gw0", "gw1", "gw2"}


def test_a_late_worker_that_collected_something_else_is_reported_and_sent_away(
    suite: PytestProject,
) -> None:
    _control(
        suite,
        """
        if self.seen == 1:
            self.grow(1)
        """,
    )
    suite.tests(files=30, each=2, seconds=0.05)
    suite.write(
        "tests/test_differs.py",
        "import os, pytest\n"
        "@pytest.mark.parametrize('name', [os.environ.get('PYTEST_XDIST_WORKER')])\n"
        "def test_it(name): pass\n",
    )
    done = run(suite, "-n", "1")
    assert done.code == 1, done.output
    assert "Different tests were collected between gw0 and gw1" in done.output
    assert "61 passed, 1 error" in done.output
    assert {test.worker for test in done.ran} == {"gw0"}
