"""`moonpool coverage` on a workspace with a project whose coverage another tool measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from tests.coverage.foreign.samples import SOURCE, sample
from tests.support.moon import MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    from pathlib import Path

_INPUTS = '[tool.moonpool.coverage-inputs]\nfrontend = "coverage/lcov.info"\n'


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    """A measured Python project, and a frontend with a report that c8 wrote."""
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.project("core")
    executed = Executed(False, {"src/core.py": FileRun(lines={"": 0b10})})
    write_data_file(workspace.root / "packages/core/.moonpool/coverage", executed)
    workspace.write("packages/frontend/moon.yml", "language: javascript\n")
    workspace.write("packages/frontend/src/lib.js", SOURCE)
    workspace.write("packages/frontend/coverage/lcov.info", sample("c8.info"))
    workspace.write("pyproject.toml", _INPUTS)
    workspace.commit()
    return workspace


def _errors(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("error:", "hint:"))]


def _ended(workspace: MoonWorkspace, target: str, status: str) -> None:
    """Leave the report of a run of moon in which a task ended so."""
    node = {"action": "run-task", "params": {"target": target}}
    report = {"actions": [{"node": node, "status": status}]}
    workspace.write(".moon/cache/runReport.json", json.dumps(report))


def test_the_frontend_is_in_every_report(workspace: MoonWorkspace) -> None:
    done = workspace.moonpool("coverage", "combine")
    assert done.stdout.splitlines() == [
        "Project   Stmts  Miss  Branch  BrPart  Cover",
        "--------------------------------------------",
        "core          1     0       -       -   100%",
        "frontend     25     7       7       4    66%",
        "--------------------------------------------",
        "Total        26     7       7       4    67%",
    ]
    folder = workspace.root / ".moonpool" / "combined"
    name = "packages/frontend/src/lib.js"
    assert "| frontend | 25 | 7 | 7 | 4 | 66% |" in (folder / "summary.md").read_text()
    assert f"SF:{name}\nDA:1,1\n" in (folder / "lcov.info").read_text()
    content = json.loads((folder / "coverage.json").read_text())
    assert content["files"][name]["missing_lines"] == [5, 6, 13, 17, 21, 22, 23]
    assert content["totals"]["covered_branches"] == 3
    document = ElementTree.parse(folder / "coverage.xml").getroot()
    assert (document.get("lines-valid"), document.get("branches-covered")) == ("26", "3")
    files = [entry.get("filename") for entry in document.iterfind(".//class")]
    assert files == ["packages/core/src/core.py", name]
    index = (folder / "html" / "index.html").read_text()
    assert '<a href="frontend~other/index.html">frontend</a>' in index
    assert name in (folder / "html" / "frontend~other" / "index.html").read_text()


def test_what_was_combined_is_reported_without_the_original(workspace: MoonWorkspace) -> None:
    workspace.moonpool("coverage", "combine", "--format", "term")
    (workspace.root / "packages/frontend/coverage/lcov.info").unlink()
    done = workspace.moonpool(
        "coverage", "report", "--project", "frontend", "--format", "term-missing"
    )
    assert done.stdout.splitlines()[3].split(maxsplit=6) == [
        "packages/frontend/src/lib.js",
        *("25", "7", "7", "4", "66%"),
        "4 (1 branch), 5-6, 7 (1 branch), 12 (1 branch), 13, 16 (1 branch), 17, 21-23",
    ]


def test_a_project_without_its_file_is_named_with_what_moon_says(
    workspace: MoonWorkspace,
) -> None:
    (workspace.root / "packages/frontend/coverage/lcov.info").unlink()
    _ended(workspace, "frontend:test", "failed")
    done = workspace.moonpool("coverage", "combine", "--format", "term")
    assert "frontend      -     -      -  no data: its tests failed before coverage" in done.stdout
    _ended(workspace, "frontend:test", "cached")
    done = workspace.moonpool("coverage", "combine", "--format", "term")
    assert "no data: its tests were cached without `packages/frontend/coverage" in done.stdout
    checked = workspace.moonpool("coverage", "check", "--total", "50", check=False)
    assert checked.returncode == 68


def test_each_mistake_is_one_error_and_the_rest_is_combined(workspace: MoonWorkspace) -> None:
    workspace.write("packages/frontend/coverage/lcov.info", "")
    workspace.write("pyproject.toml", f'{_INPUTS}frontent = "lcov.info"\n')
    done = workspace.moonpool("coverage", "combine", "--format", "term", check=False)
    assert done.returncode == 68
    assert _errors(done.stderr) == [
        (
            "error: found `frontent` in [tool.moonpool.coverage-inputs], "
            "expected one of `core`, `frontend`, `root`"
        ),
        "hint: run `moon query projects` to see the ids",
        "error: `packages/frontend/coverage/lcov.info` of project `frontend` is empty",
        (
            "hint: run `moon run frontend:test --force`, "
            "or correct `[tool.moonpool.coverage-inputs]`"
        ),
    ]
    assert done.stdout.splitlines()[-1] == "Total         1     0   100%"
