from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from moonpool.history import load_history

if TYPE_CHECKING:
    from tests.support.project import PytestProject

HISTORY = ".moonpool/history.jsonl"


@pytest.fixture
def known(project: PytestProject) -> PytestProject:
    """A project with two test files and a history of three."""
    project.tests(files=2)
    project.remember("tests/test_000.py", seconds=65.0, tests=40)
    project.remember("tests/test_001.py", "tests/test_gone.py", seconds=0.25, tests=2)
    return project


def test_show_lists_the_files_longest_first(known: PytestProject) -> None:
    lines = known.moonpool("history", "show").stdout.splitlines()
    assert [line.split()[-1] for line in lines[:4]] == [
        "file",
        "tests/test_000.py",
        "tests/test_001.py",
        "tests/test_gone.py",
    ]
    assert lines[1].split()[:-1] == ["1", "min", "5", "s", "40", "2", "1.00", "?"]
    assert lines[5].startswith("3 files, 44 tests, 1 min 6 s on ")
    assert lines[-1] == "from other machines: some machine"


def test_show_as_json(known: PytestProject) -> None:
    answer = json.loads(known.moonpool("history", "show", "--json").stdout)
    assert answer["version"] == 1
    assert answer["project"] == "project"
    assert answer["files"][0] == {
        "file": "tests/test_000.py",
        "seconds": 65.0,
        "tests": 40,
        "runs": 2,
        "cpus": 1.0,
        "peak_bytes": 0,
        "machine": "some machine",
    }
    assert answer["start"]["measured"] is True


def test_a_project_without_history_says_how_to_get_one(project: PytestProject) -> None:
    shown = project.moonpool("history", "show")
    assert shown.stdout == "nothing is known of `project`: run `moonpool test`\n"
    exported = project.moonpool("history", "export")
    assert exported.returncode == 65
    assert "cannot be used: there is none yet" in exported.stderr


def test_what_one_machine_exports_another_imports(known: PytestProject) -> None:
    exported = known.moonpool("history", "export").stdout
    before = load_history(known.root / HISTORY)
    (known.root / HISTORY).unlink()
    known.write("carried.jsonl", exported)
    done = known.moonpool("history", "import", "carried.jsonl")
    assert done.stderr == "moonpool: `carried.jsonl` knows 3 test files\n"
    assert load_history(known.root / HISTORY) == before
    known.moonpool("history", "import", "carried.jsonl", "carried.jsonl")
    assert load_history(known.root / HISTORY) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file or directory"),
        ("", "it knows no test file"),
        ("garbage", "`other` was damaged: 1 of 1 lines are lost"),
        ('{"version": 99}', "`other` is of a newer moonpool: it is neither read nor written"),
    ],
)
def test_what_is_no_history_is_refused(
    project: PytestProject, content: str | None, reason: str
) -> None:
    if content is not None:
        project.write("other", content)
    done = project.moonpool("history", "import", "other")
    assert done.returncode == 65
    assert f"error: the history `other` cannot be used: {reason}\n" in done.stderr
    assert not (project.root / HISTORY).exists()


def test_a_history_of_a_newer_version_is_not_added_to(known: PytestProject) -> None:
    known.write("other", known.moonpool("history", "export").stdout)
    known.write(HISTORY, '{"version": 99}\n')
    done = known.moonpool("history", "import", "other")
    assert done.returncode == 65
    assert "it is of another version" in done.stderr
    assert (known.root / HISTORY).read_text() == '{"version": 99}\n'


def test_prune_forgets_files_that_are_gone(known: PytestProject) -> None:
    assert known.moonpool("history", "prune", "--dry-run").stdout == "tests/test_gone.py\n"
    assert len(load_history(known.root / HISTORY).files) == 3
    assert known.moonpool("history", "prune").stdout == "tests/test_gone.py\n"
    assert sorted(load_history(known.root / HISTORY).files) == [
        "tests/test_000.py",
        "tests/test_001.py",
    ]
