from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import PytestProject


@pytest.fixture
def known(project: PytestProject) -> PytestProject:
    """A project that took 80 s: four files of 10 s, and one of 40 s with twenty tests."""
    project.tests(files=4)
    project.write("tests/test_long.py", "\n".join(f"def test_{n}(): pass" for n in range(20)))
    project.remember(*(f"tests/test_{n:03}.py" for n in range(4)), seconds=10.0, tests=2)
    project.remember("tests/test_long.py", seconds=40.0, tests=20)
    return project


def test_the_table_shows_what_more_workers_would_bring(known: PytestProject) -> None:
    done = known.moonpool("simulate", "--workers", "1,2,8")
    assert done.returncode == 0, done.stderr
    summary, _, titles, *rows = done.stdout.splitlines()
    assert summary == "28 tests in 5 files, 1 min 20 s of work (measured)"
    assert titles.split() == ["workers", "seconds", "start", "tests", "bound", "bound", "by"]
    assert [row.split()[0] for row in rows] == ["1", "2", "8"]
    assert [row.split()[3:] for row in rows] == [
        ["80.0", "80.0"],
        ["40.0", "40.0"],
        ["40.0", "40.0", "tests/test_long.py"],
    ]


def test_json_has_the_same_with_the_files(known: PytestProject) -> None:
    done = known.moonpool("simulate", "--workers=4", "--machines", "1,2", "--split", "--json")
    answer = json.loads(done.stdout)
    assert (answer["version"], answer["measured"]) == (1, True)
    assert answer["files"]["tests/test_long.py"] == {"seconds": 40.0, "tests": 20}
    one, two = answer["runs"]
    assert (one["machines"], two["machines"]) == (1, 2)
    assert one["seconds"] == one["start_seconds"] + one["tests_seconds"]
    assert 20.0 <= one["tests_seconds"] < 24.0
    assert 10.0 <= two["tests_seconds"] < 15.0


def test_a_selection_is_simulated_alone(known: PytestProject) -> None:
    done = known.moonpool("simulate", "--workers", "2", "tests/test_000.py")
    assert done.stdout.startswith("2 tests in 1 file, 10.0 s of work (measured)\n")


def test_a_project_that_splits_is_simulated_so(known: PytestProject) -> None:
    known.write("pyproject.toml", "[tool.moonpool]\nsplit = true\n")
    (run,) = json.loads(known.moonpool("simulate", "--workers=4", "--json").stdout)["runs"]
    assert run["tests_seconds"] < 24.0


@pytest.mark.parametrize("number", ["0", "2,x", "513", ""])
def test_a_number_that_cannot_be_meant_is_told(known: PytestProject, number: str) -> None:
    done = known.moonpool("simulate", "--workers", number)
    assert done.returncode == 64
    assert "is not a number from 1 to 512, or several as in `2,4,8`" in done.stderr


def test_a_folder_without_tests_is_told(project: PytestProject) -> None:
    done = project.moonpool("simulate")
    assert done.returncode == 64
    assert done.stderr.startswith("error: found no test files here\n")
