"""Which runs are of some tests only, seen by whose file their coverage goes to."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.origin import noted_origin
from moonpool.plugin.selection import division

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import PytestProject

CONFIG = """
[tool.pytest.ini_options]
testpaths = ["tests", "more*"]
[tool.coverage.run]
source = ["."]
"""


@pytest.fixture
def measured(project: PytestProject) -> PytestProject:
    """A project whose usual tests lie in two folders, with a failing test elsewhere."""
    project.write("pyproject.toml", CONFIG)
    project.write("tests/test_one.py", "def test_it(): pass\n")
    project.write("more_tests/test_two.py", "def test_it(): pass\n")
    project.write("broken/test_three.py", "def test_it(): assert False\ndef test_good(): pass\n")
    return project


def _whole(project: PytestProject) -> Path:
    return project.root / ".moonpool" / "coverage"


def _partial(project: PytestProject) -> Path:
    return project.root / ".moonpool" / "coverage-partial"


@pytest.mark.parametrize(
    "words",
    [
        ["-x"],
        ["-x", "-n", "2"],
        ["./tests/", "more_tests", "--maxfail=3"],
    ],
    ids=" ".join,
)
def test_a_run_that_left_nothing_out_is_whole(measured: PytestProject, words: list[str]) -> None:
    words = words if "-n" in words else [*words, "-n", "0"]
    done = measured.test(*words)
    assert done.returncode == 0, done.stdout
    assert _whole(measured).exists()
    assert not _partial(measured).exists()


@pytest.mark.parametrize("words", [["tests"], ["tests", "more_tests/test_two.py"], ["-k", "it"]])
def test_a_run_of_some_tests_is_not(measured: PytestProject, words: list[str]) -> None:
    measured.test("-n", "0", *words)
    assert _partial(measured).exists()
    assert not _whole(measured).exists()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_that_stopped_at_a_failure_is_not(measured: PytestProject, workers: str) -> None:
    measured.write("tests/test_four.py", "def test_it(): assert False\n")
    done = measured.test("-n", workers, "-x")
    assert done.returncode == (2 if workers == "2" else 1), done.stdout
    assert _partial(measured).exists()
    assert not _whole(measured).exists()


def test_failures_that_did_not_stop_the_run_leave_it_whole(measured: PytestProject) -> None:
    measured.write("tests/test_four.py", "def test_it(): assert False\n")
    assert measured.test("-n", "0", "--maxfail=2").returncode == 1
    assert _whole(measured).exists()


def test_the_folder_that_a_run_starts_in_is_all_that_it_tests(measured: PytestProject) -> None:
    within = replace(measured, root=measured.root / "tests")
    assert within.test("-n", "0").returncode == 0
    assert _partial(measured).exists()


def test_the_folder_itself_is_everything_where_no_testpaths_are_set(
    measured: PytestProject,
) -> None:
    measured.write("pyproject.toml", "[tool.coverage.run]\nsource = ['.']\n")
    measured.test("-n", "0", ".")
    assert _whole(measured).exists()


def test_listing_tests_leaves_the_projects_file_alone(measured: PytestProject) -> None:
    measured.test("-n", "0")
    before = _whole(measured).read_bytes()
    assert measured.test("-n", "0", "--collect-only").returncode == 0
    assert _whole(measured).read_bytes() == before


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_shard_leaves_the_projects_file_and_says_so_in_it(
    measured: PytestProject, workers: str
) -> None:
    done = measured.test("-n", workers, "tests", MOONPOOL_SHARD="1/2")
    assert noted_origin(_whole(measured)).parts == {"1/2"}
    assert "moonpool: coverage of shard 1/2 is in `.moonpool/coverage`" in done.stderr
    assert not _partial(measured).exists()


def test_a_shard_that_stopped_at_a_failure_is_no_whole_shard(measured: PytestProject) -> None:
    measured.write("tests/test_four.py", "def test_it(): assert False\n")
    assert measured.test("-n", "0", "-x", "tests", MOONPOOL_SHARD="1/2").returncode == 1
    assert noted_origin(_whole(measured)).parts == {"some"}


def test_a_selection_that_moon_takes_for_the_task_says_so_in_its_file(
    measured: PytestProject,
) -> None:
    measured.test("-n", "0", "tests", MOON_TASK_HASH="0123abcd")
    assert noted_origin(_whole(measured)).parts == {"some"}
    measured.test("-n", "0", MOON_TASK_HASH="4567cdef")
    assert noted_origin(_whole(measured)).parts == set()


@pytest.mark.parametrize(
    ("options", "shard"),
    [
        ({"splits": 3, "group": 1}, "1/3"),
        ({"num_shards": 3, "shard_id": 0}, "1/3"),
        ({"splits": None, "group": None, "num_shards": 1, "shard_id": 0}, None),
        ({"splits": 3, "group": None}, None),
        ({"splits": "by word", "group": "some"}, None),
    ],
)
def test_the_options_of_pytest_split_and_pytest_shard_are_understood(
    options: dict[str, object], shard: str | None
) -> None:
    assert division(Namespace(**options)) == shard


DIVIDING = """
def pytest_addoption(parser):
    parser.addoption("--splits", type=int)
    parser.addoption("--group", type=int)

def pytest_collection_modifyitems(config, items):
    group, splits = config.option.group, config.option.splits
    items[:] = items[group - 1 :: splits]
"""


def test_what_a_plugin_divides_is_a_shard_unless_more_is_left_out(measured: PytestProject) -> None:
    measured.write("dividing.py", DIVIDING)
    words = ("-n", "0", "-p", "dividing", "--splits=2", "--group=2")
    assert measured.test(*words, PYTHONPATH=str(measured.root)).returncode == 0
    assert noted_origin(_whole(measured)).parts == {"2/2"}
    measured.test(*words, "-k", "it", PYTHONPATH=str(measured.root))
    assert noted_origin(_partial(measured)).parts == {"some"}
