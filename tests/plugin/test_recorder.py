from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.history import load_history

if TYPE_CHECKING:
    from moonpool.history import History
    from tests.support.project import PytestProject


def _history(project: PytestProject) -> History:
    return load_history(project.root / ".moonpool" / "history.json")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_teaches_each_files_seconds_and_tests(project: PytestProject, workers: str) -> None:
    project.tests(files=3, each=2, seconds=0.05)
    assert project.test("-n", workers).returncode == 0
    files = _history(project).files
    assert sorted(files) == ["tests/test_000.py", "tests/test_001.py", "tests/test_002.py"]
    for file in files.values():
        assert file.tests == 2
        assert 0.1 <= file.seconds[0] < 5.0


def test_start_up_is_learnt(project: PytestProject) -> None:
    project.tests(files=2)
    project.test("-n", "2")
    project.test("-n", "0")
    known = _history(project)
    assert len(known.ready_seconds) == len(known.ready_seconds_with_workers) == 1
    assert known.ready_seconds_with_workers[0] > known.ready_seconds[0]


@pytest.mark.parametrize("words", [["-k", "test_0"], ["tests/test_000.py"], ["--maxfail=3"]])
def test_a_run_of_some_tests_teaches_nothing(project: PytestProject, words: list[str]) -> None:
    project.tests(files=2)
    project.test(*words)
    assert not _history(project).files


def test_tests_that_the_project_always_leaves_out_are_not_missed(project: PytestProject) -> None:
    project.write(
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = ['-k', 'not test_1', '--maxfail=9']\n",
    )
    project.tests(files=2)
    project.test()
    assert [file.tests for file in _history(project).files.values()] == [1, 1]


def test_plain_pytest_leaves_no_trace(project: PytestProject) -> None:
    project.tests(files=2)
    project.pytest()
    assert not (project.root / ".moonpool").exists()
