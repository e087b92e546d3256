"""Real runs under our scheduler: who runs what and when, and what pytest users expect of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from importlib.metadata import version
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.plugin.scheduled import Ran, Run, prepare, run

if TYPE_CHECKING:
    from tests.support.project import PytestProject

# With our loop in the workers, and with pytest-xdist's own.
lazy_loop = pytest.mark.skipif(
    version("pytest-xdist").startswith("3.6."), reason="before 3.7 its queue cannot be looked into"
)
both_loops = pytest.mark.parametrize("loop", [(), ("--eager",)], ids=["lazy", "eager"])


@pytest.fixture
def suite(project: PytestProject) -> PytestProject:
    """A project without tests, ready to run under our scheduler."""
    prepare(project)
    return project


def _by_worker(done: Run) -> dict[str, list[Ran]]:
    workers: defaultdict[str, list[Ran]] = defaultdict(list)
    for test in done.ran:
        workers[test.worker].append(test)
    return workers


@pytest.mark.parametrize(
    ("workers", "loop"), [("1", ()), ("2", ("--eager",)), ("4", ()), ("4", ("--eager",))]
)
def test_each_test_runs_once_with_its_file_whole_and_in_order(
    suite: PytestProject, workers: str, loop: tuple[str, ...]
) -> None:
    suite.tests(files=7, each=5)
    done = run(suite, "-n", workers, *loop)
    assert done.code == 0, done.output
    expected = {f"tests/test_{file:03}.py::test_{n}" for file in range(7) for n in range(5)}
    assert set(done.reports) == expected
    assert set(map(len, done.reports.values())) == {1}
    assert len(done.ran) == 35
    for tests in _by_worker(done).values():
        files = [test.file for test in tests]
        changes = sum(before != after for before, after in pairwise(files))
        assert changes == len(set(files)) - 1, "a file came back to a worker that had left it"
    for file in {test.file for test in done.ran}:
        own = [test for test in done.ran if test.file == file]
        assert [test.id[-1] for test in own] == ["0", "1", "2", "3", "4"]
        assert len({test.worker for test in own}) == 1


@both_loops
def test_the_longest_file_starts_first(suite: PytestProject, loop: tuple[str, ...]) -> None:
    suite.tests(files=6, each=2)
    seconds = {f"tests/test_{n:03}.py": float(n) for n in range(1, 6)}
    done = run(suite, "-n", "1", *loop, file_seconds=seconds)
    files = [test.file for test in done.ran][::2]
    assert files == [f"tests/test_{n:03}.py" for n in (5, 4, 3, 2, 1, 0)]


def test_without_predictions_the_file_with_most_tests_starts_first(suite: PytestProject) -> None:
    for number, each in enumerate((1, 4, 2)):
        body = "".join(f"def test_{n}(): pass\n" for n in range(each))
        suite.write(f"tests/test_{number}.py", body)
    done = run(suite, "-n", "1")
    assert [test.file[-4] for test in done.ran] == list("1111220")


@pytest.mark.parametrize("option", ["--no-loadscope-reorder", "--new-first"])
def test_an_order_that_the_user_chose_is_kept(suite: PytestProject, option: str) -> None:
    suite.tests(files=4, each=1)
    seconds = {f"tests/test_{n:03}.py": float(n) for n in range(4)}
    serial = run(suite, "-n", "0", option, file_seconds=seconds)
    done = run(suite, "-n", "1", option, file_seconds=seconds)
    assert [test.id for test in done.ran] == [test.id for test in serial.ran]


@lazy_loop
def test_no_worker_holds_a_second_file(suite: PytestProject) -> None:
    # Both workers start with a file of a single test; the second one is there much sooner. Were a
    # file bound behind the running one, the first worker would hold one of the four short ones.
    suite.write("tests/test_long.py", "import time\ndef test_it(): time.sleep(2)\n")
    for number in range(5):
        suite.write(
            f"tests/test_short_{number}.py", "import time\ndef test_it(): time.sleep(.05)\n"
        )
    done = run(suite, "-n", "2", file_seconds={"tests/test_long.py": 2.0})
    assert done.code == 0, done.output
    assert sorted(map(len, _by_worker(done).values())) == [1, 5]


def test_more_workers_than_files(suite: PytestProject) -> None:
    suite.tests(files=2, each=2)
    done = run(suite, "-n", "4")
    assert done.code == 0, done.output
    assert len(done.ran) == 4
    assert len(_by_worker(done)) == 2


def test_loadscope_keeps_classes_together(suite: PytestProject) -> None:
    suite.write(
        "tests/test_it.py",
        "import time\n"
        + "".join(
            f"class Test{name}:\n"
            + "".join(f"    def test_{n}(self): time.sleep(.05)\n" for n in range(4))
            for name in "ABCD"
        ),
    )
    done = run(suite, "-n", "2", "--dist", "loadscope")
    assert done.code == 0, done.output
    where = {(test.id.split("::")[1], test.worker) for test in done.ran}
    assert len(where) == 4
    assert len({worker for _, worker in where}) == 2
    assert [test.id[-1] for test in done.ran if "TestA" in test.id] == list("0123")


@both_loops
def test_load_cuts_a_file_that_would_keep_the_others_waiting(
    suite: PytestProject, loop: tuple[str, ...]
) -> None:
    body = "".join(f"def test_{n}(): time.sleep(.05)\n" for n in range(12))
    suite.write("tests/test_long.py", f"import time\n{body}")
    suite.tests(files=3, each=2)
    done = run(suite, "-n", "2", "--dist", "load", "-v", *loop)
    assert done.code == 0, done.output
    assert "scheduling tests via FileScheduler" in done.output
    assert len(done.ran) == 18
    assert set(map(len, done.reports.values())) == {1}
    for file, workers in (("long", 2), ("000", 1), ("001", 1), ("002", 1)):
        assert len({test.worker for test in done.ran if file in test.id}) == workers


def test_load_in_chunks_of_a_size_that_the_user_chose_is_pytest_xdists(
    suite: PytestProject,
) -> None:
    suite.tests(files=3)
    done = run(suite, "-n", "2", "--dist", "load", "--maxschedchunk", "2", "-v")
    assert done.code == 0, done.output
    assert "scheduling tests via LoadScheduling" in done.output


@both_loops
def test_loadgroup_keeps_groups_together_across_files(
    suite: PytestProject, loop: tuple[str, ...]
) -> None:
    with (suite.root / "conftest.py").open("a") as conftest:
        conftest.write(
            "def pytest_collection_modifyitems(items):\n"
            "    for item in items:\n"
            "        if item.name.startswith('test_late'): item.add_marker("
            "pytest.mark.xdist_group(name='late'))\n"
        )
    for name in "ab":
        kinds = {"group": "@pytest.mark.xdist_group('database')\n", "late": "", "alone": ""}
        body = "".join(
            f"{mark}def test_{kind}_{number}(): time.sleep(.02)\n"
            for kind, mark in kinds.items()
            for number in range(3)
        )
        suite.write(f"tests/test_{name}.py", f"import pytest, time\n{body}")
    done = run(suite, "-n", "4", "--dist", "loadgroup", *loop)
    assert done.code == 0, done.output
    assert len(done.ran) == len(done.reports) == 18
    assert not any("@" in test for test in done.reports)
    for kind in ("group", "late"):
        tests = [test for test in done.ran if f"test_{kind}_" in test.id]
        assert len(tests) == 6
        assert len({test.worker for test in tests}) == 1
    assert len({test.worker for test in done.ran}) > 2


@both_loops
def test_one_file(suite: PytestProject, loop: tuple[str, ...]) -> None:
    suite.tests(files=1, each=1)
    done = run(suite, "-n", "2", *loop)
    assert done.code == 0, done.output
    assert "1 passed" in done.output


def test_no_tests(suite: PytestProject) -> None:
    suite.write("tests/test_none.py", "")
    done = run(suite, "-n", "2")
    assert done.code == 5, done.output
    assert "no tests ran" in done.output


@pytest.mark.parametrize(
    ("option", "failures", "loop"), [("-x", 1, ()), ("--maxfail=2", 2, ("--eager",))]
)
def test_a_failing_run_stops_soon(
    suite: PytestProject, option: str, failures: int, loop: tuple[str, ...]
) -> None:
    suite.write(
        "tests/test_fails.py",
        "import pytest, time\n"
        "@pytest.mark.parametrize('n', range(60))\n"
        "def test_it(n): time.sleep(.05); assert n < 3\n",
    )
    suite.write(
        "tests/test_passes.py",
        "import pytest, time\n"
        "@pytest.mark.parametrize('n', range(60))\n"
        "def test_it(n): time.sleep(.05)\n",
    )
    done = run(suite, "-n", "2", option, *loop)
    assert done.code == 2, done.output
    assert f"stopping after {failures} failures" in done.output
    outcomes = Counter(outcome for reports in done.reports.values() for outcome in reports)
    assert outcomes["failed"] == failures
    # The other worker finishes what it was sent and nothing else of its file.
    assert len([test for test in done.ran if "passes" in test.id]) <= 20


def test_last_failed_and_failed_first(suite: PytestProject) -> None:
    suite.tests(files=3, each=2)
    suite.write("tests/test_short.py", "def test_a(): pass\ndef test_b(): assert False\n")
    assert run(suite, "-n", "2").code == 1
    seconds = {f"tests/test_{n:03}.py": 9.0 - n for n in range(3)}
    first = run(suite, "-n", "1", "--ff", file_seconds=seconds)
    assert [test.id for test in first.ran] == [
        "tests/test_short.py::test_b",
        "tests/test_short.py::test_a",
        *(f"tests/test_{file:03}.py::test_{n}" for file in range(3) for n in range(2)),
    ]
    last = run(suite, "-n", "2", "--lf")
    assert [test.id for test in last.ran] == ["tests/test_short.py::test_b"]


_FIXTURES = """
import pytest
from conftest import note

@pytest.fixture(scope="module", autouse=True)
def of_module():
    note(event="fixture", what=f"setup {__name__}")
    yield
    note(event="fixture", what=f"teardown {__name__}")

@pytest.fixture(scope="class", autouse=True)
def of_class(request):
    note(event="fixture", what=f"setup {__name__} {request.cls}")
    yield
    note(event="fixture", what=f"teardown {__name__} {request.cls}")

class TestA:
    def test_a(self): pass
    def test_b(self): pass
class TestB:
    def test_a(self): pass
def test_c(): pass
"""


@both_loops
def test_fixtures_are_set_up_and_torn_down_as_in_a_serial_run(
    suite: PytestProject, loop: tuple[str, ...]
) -> None:
    for number in range(5):
        suite.write(f"tests/test_{number}.py", _FIXTURES)
    serial = run(suite, "-n", "0", "--import-mode=importlib", "-o", "pythonpath=.")
    assert serial.code == 0, serial.output
    assert sum(serial.fixtures.values()) == 5 * 2 * 4
    for workers in ("1", "4"):
        done = run(suite, "-n", workers, "--import-mode=importlib", "-o", "pythonpath=.", *loop)
        assert done.code == 0, done.output
        assert done.fixtures == serial.fixtures


@lazy_loop
def test_a_module_is_torn_down_before_its_worker_waits(suite: PytestProject) -> None:
    # The worker that is done first must not keep its module's fixtures until the other one ends.
    suite.write(
        "tests/test_long.py",
        "import pathlib, time\n"
        "def test_it():\n"
        "    deadline = time.monotonic() + 30\n"
        "    while not pathlib.Path('torn-down').exists():\n"
        "        assert time.monotonic() < deadline\n"
        "        time.sleep(.01)\n",
    )
    suite.write(
        "tests/test_short.py",
        "import pathlib, pytest\n"
        "@pytest.fixture(scope='module')\n"
        "def resource():\n"
        "    yield\n"
        "    pathlib.Path('torn-down').touch()\n"
        "def test_it(resource): pass\n",
    )
    done = run(suite, "-n", "2")
    assert done.code == 0, done.output


def test_collections_that_differ_are_reported_and_nothing_runs(suite: PytestProject) -> None:
    suite.write(
        "tests/test_it.py",
        "import os, pytest\n"
        "@pytest.mark.parametrize('name', [os.environ.get('PYTEST_XDIST_WORKER')])\n"
        "def test_it(name): pass\n",
    )
    done = run(suite, "-n", "3")
    assert done.code == 1, done.output
    assert "Different tests were collected between gw" in done.output
    assert "2 errors in" in done.output
    assert not done.ran


@both_loops
def test_an_order_that_differs_between_workers_is_none_of_the_tests_business(
    suite: PytestProject, loop: tuple[str, ...]
) -> None:
    with (suite.root / "conftest.py").open("a") as conftest:
        conftest.write(
            "def pytest_collection_modifyitems(items):\n"
            "    number = int(WORKER[2:] or 0)\n"
            "    items[:] = [*items[number * 4:], *items[:number * 4]]\n"
        )
    suite.tests(files=4, each=4)
    done = run(suite, "-n", "3", *loop)
    assert done.code == 0, done.output
    assert len(done.reports) == len(done.ran) == 16
    for file in {test.file for test in done.ran}:
        own = [test for test in done.ran if test.file == file]
        assert [test.id[-1] for test in own] == ["0", "1", "2", "3"]
        assert len({test.worker for test in own}) == 1
    assert len({test.worker for test in done.ran}) == 3


def test_another_scheduler_is_left_alone(suite: PytestProject) -> None:
    suite.tests(files=3)
    theirs = (
        "from xdist.scheduler import LoadScopeScheduling\n"
        "def pytest_xdist_make_scheduler(config, log):\n"
        "    return LoadScopeScheduling(config, log)\n"
    )
    with (suite.root / "conftest.py").open("a") as conftest:
        conftest.write(theirs)
    done = run(suite, "-n", "2", "-v")
    assert done.code == 0, done.output
    assert "scheduling tests via LoadScopeScheduling" in done.output


def test_another_distribution_is_left_alone(suite: PytestProject) -> None:
    suite.tests(files=3)
    done = run(suite, "-n", "2", "-v", "--dist", "worksteal")
    assert done.code == 0, done.output
    assert "scheduling tests via WorkStealingScheduling" in done.output


def test_the_scheduler_is_named_in_verbose_output(suite: PytestProject) -> None:
    suite.tests(files=3)
    done = run(suite, "-n", "2", "-v")
    assert "scheduling tests via FileScheduler" in done.output
