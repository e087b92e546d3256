"""The total over runs in which moon restores, re-runs and loses data; two clones of one tree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.moon import MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[tool.pytest.ini_options]
pythonpath = ["src"]
[tool.coverage.run]
source = ["src"]
branch = true
"""
SOURCE = """
def sign(number):
    if number < 0:
        return -1
    return 1
"""
PROJECTS = ("core", "web")


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    """Two projects of four lines and two branches each, of which one line and branch never run."""
    workspace = moon_workspace(tmp_path / "first", real=True)
    for name in PROJECTS:
        workspace.project(name)
        workspace.write(f"packages/{name}/pyproject.toml", CONFIG)
        workspace.write(f"packages/{name}/src/{name}.py", SOURCE)
        workspace.write(f"packages/{name}/tests/test_{name}.py", _test(name, (1, 1)))
    workspace.commit()
    return workspace


def _test(name: str, *cases: tuple[int, int]) -> str:
    lines = [f"    assert {name}.sign({number}) == {sign}\n" for number, sign in cases]
    return f"import {name}\n\ndef test_it() -> None:\n{''.join(lines)}"


def _ci(workspace: MoonWorkspace) -> tuple[dict[str, str], int]:
    """Return how each project's tests ended, and the exit code."""
    done = workspace.moonpool("ci", check=False, MOONPOOL_WORKERS="0")
    said = [line.split() for line in done.stderr.splitlines() if line.startswith("moonpool: ")]
    ends = {words[1]: words[2] for words in said if words[1].endswith(":test")}
    return {name: ends[f"{name}:test"] for name in PROJECTS}, done.returncode


def _report(workspace: MoonWorkspace) -> tuple[int, int, dict[str, str]]:
    """Return what ran and what there is, lines and branches together, and the projects' notes."""
    done = workspace.moonpool("coverage", "report", "--json")
    answer = json.loads(done.stdout)
    total = answer["total"]
    there = total["num_statements"] + total["num_branches"]
    ran = there - total["missing_lines"] - total["missing_branches"]
    return ran, there, {entry["id"]: entry["note"] for entry in answer["projects"] if entry["note"]}


def _check(workspace: MoonWorkspace, *words: str) -> tuple[int, list[dict[str, Any]]]:
    done = workspace.moonpool("coverage", "check", "--json", *words, check=False)
    return done.returncode, json.loads(done.stdout)["gates"]


def test_the_total_is_right_whatever_moon_restores_reruns_or_misses(
    workspace: MoonWorkspace,
) -> None:
    assert _ci(workspace) == ({"core": "passed", "web": "passed"}, 0)
    assert _report(workspace) == (8, 12, {})

    restored = workspace.root / "packages/core/.moonpool/coverage"
    before = restored.read_bytes()
    restored.unlink()
    assert _ci(workspace) == ({"core": "cached", "web": "cached"}, 0)
    assert restored.read_bytes() == before
    assert _report(workspace) == (8, 12, {})

    workspace.write("packages/web/tests/test_web.py", _test("web", (1, 1), (-1, -1)))
    assert _ci(workspace) == ({"core": "cached", "web": "passed"}, 0)
    assert _report(workspace) == (10, 12, {})

    workspace.write("packages/web/tests/test_web.py", _test("web", (1, 1), (-1, 1)))
    assert _ci(workspace) == ({"core": "cached", "web": "failed"}, 1)
    assert _report(workspace) == (10, 12, {"web": "its tests failed"})
    assert _check(workspace, "--total", "80")[0] == 0

    workspace.write("packages/web/tests/conftest.py", "import os\nos._exit(1)\n")
    assert _ci(workspace) == ({"core": "cached", "web": "failed"}, 1)
    gone = "no data: its tests failed before coverage was written"
    assert _report(workspace) == (4, 6, {"web": gone})
    code, gates = _check(workspace, "--total", "50")
    assert code == 68
    assert [(gate["gate"], gate["subject"], gate["state"]) for gate in gates] == [
        ("data", "web", "unknown"),
        ("total", "workspace", "unknown"),
    ]
    assert gates[1]["sentence"].endswith(", without web")


def test_two_clones_at_different_paths_leave_the_same_bytes(
    workspace: MoonWorkspace, tmp_path: Path
) -> None:
    second = MoonWorkspace(tmp_path / "elsewhere" / "second", workspace.environ)
    workspace.run("git", "clone", "--quiet", str(workspace.root), str(second.root))
    found = []
    for clone, workers in ((workspace, "0"), (second, "2")):
        clone.moon("run", ":test", MOONPOOL_WORKERS=workers)
        files = [clone.root / "packages" / name / ".moonpool/coverage" for name in PROJECTS]
        found.append([file.read_bytes() for file in files])
    assert found[0] == found[1]
    assert str(tmp_path).encode() not in b"".join(found[0])
