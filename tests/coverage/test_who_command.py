"""`moonpool coverage who`: the tests of all projects that run a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from moonpool.cli.group import run
from moonpool.coverage.combine import combine
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path

_LCOV = "TN:\nSF:app.ts\nDA:1,3\nend_of_record\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`core`, measured by test by its own tests and, with branches, by those of `web`."""
    monkeypatch.chdir(tmp_path)
    plant(tmp_path, {".moon/workspace.yml": "projects: []\n", "web/b.py": "WEB = 1\n"})
    plant(tmp_path, {"core/a.py": "one = call(\n    1,\n)\ntwo = 2\nthree = 3\nfour = 4\n"})
    own = FileRun(lines={"": 0b10010, "tests/test_a.py::test_a": 0b10})
    write_data_file(tmp_path / "core" / DATA_FILE, Executed(False, {"a.py": own}))
    arcs = {"tests/test_b.py::test_b": frozenset([(-1, 1), (1, 6)])}
    others = {"../core/a.py": FileRun(arcs=arcs), "b.py": FileRun(arcs={"": frozenset([(-1, 1)])})}
    write_data_file(tmp_path / "web" / DATA_FILE, Executed(True, others))
    plant(tmp_path, {"web/app.ts": "one()\n", "web/lcov.info": _LCOV})
    core = ProjectInput("core", "core", tmp_path / "core", "passed")
    web = ProjectInput("web", "web", tmp_path / "web", "passed", ("lcov.info",))
    combine([core, web], tmp_path)
    return tmp_path


@pytest.mark.parametrize("place", ["core/a.py:1", "core/a.py:2"])
def test_the_tests_of_all_projects_that_run_a_statement_are_listed(
    workspace: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    assert run(["coverage", "who", place]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "core/tests/test_a.py::test_a",
        "web/tests/test_b.py::test_b",
    ]


def test_a_file_may_be_named_from_here_and_json_says_the_same(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace / "core")
    assert run(["coverage", "who", "a.py:6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "version": 1,
        "path": "core/a.py",
        "line": 6,
        "tests": ["web/tests/test_b.py::test_b"],
    }


@pytest.mark.parametrize(
    ("place", "code", "said"),
    [
        ("core/a.py:4", 0, "moonpool: core/a.py:4 runs outside of tests"),
        ("core/a.py:5", 1, "moonpool: no test runs core/a.py:5"),
        (
            "core/a.py",
            64,
            (
                "error: invalid value for 'FILE:LINE': found `core/a.py`, expected a file and a "
                "line such as `src/app.py:12`"
            ),
        ),
        ("c.py:1", 68, "error: found no data of `c.py`, expected a measured file"),
        (
            "web/b.py:1",
            68,
            "error: found no tests in the data of `web/b.py`: they were measured as one",
        ),
        (
            "web/app.ts:1",
            68,
            (
                "error: found no tests in the data of `web/app.ts`: another tool counted it, "
                "without their names"
            ),
        ),
    ],
)
def test_what_no_test_runs_is_said(
    workspace: Path, capsys: pytest.CaptureFixture[str], place: str, code: int, said: str
) -> None:
    assert run(["coverage", "who", place]) == code
    assert capsys.readouterr().err.splitlines()[0] == said
