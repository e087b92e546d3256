"""`moonpool ci` as a CI job runs it, with real tests and real coverage."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.moon import MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    from pathlib import Path

PROJECTS = ("one", "two", "three", "four")


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    """Four independent projects, tested for real."""
    workspace = moon_workspace(tmp_path / "workspace", real=True)
    for name in PROJECTS:
        workspace.project(name)
        workspace.write(
            f"packages/{name}/pyproject.toml",
            '[tool.pytest.ini_options]\npythonpath = ["src"]\n'
            '[tool.coverage.run]\nsource = ["src"]\n',
        )
        workspace.write(f"packages/{name}/tests/test_{name}.py", _test(name, 42))
    workspace.commit()
    return workspace


def _test(name: str, answer: int) -> str:
    return f"import {name}\n\ndef test_it() -> None:\n    assert {name}.ANSWER == {answer}\n"


def _combined(workspace: MoonWorkspace) -> Path:
    return workspace.root / ".moonpool" / "combined" / "coverage.xml"


def _said(done: subprocess.CompletedProcess[str]) -> list[str]:
    lines = done.stderr.splitlines()
    return [line for line in lines if line.startswith("moonpool: ") and ":test " in line]


def test_a_failure_stops_neither_the_other_tests_nor_the_coverage(
    workspace: MoonWorkspace, tmp_path: Path
) -> None:
    workspace.write("packages/two/tests/test_two.py", _test("two", 41))
    summary = tmp_path / "summary.md"
    failed = workspace.moonpool("ci", check=False, GITHUB_STEP_SUMMARY=str(summary))
    assert failed.returncode == 1
    assert _said(failed) == [
        "moonpool: four:test passed",
        "moonpool: one:test passed",
        "moonpool: three:test passed",
        "moonpool: two:test failed",
    ]
    assert "| `two:test` | failed |\n" in summary.read_text()
    assert "| `one:test` | passed |\n" in summary.read_text()
    two = next(line for line in failed.stdout.splitlines() if line.startswith("two "))
    assert two.split() == ["two", "1", "0", "100%", "its", "tests", "failed"]
    assert _combined(workspace).is_file()

    workspace.write("packages/two/tests/test_two.py", _test("two", 42))
    mended = workspace.moonpool("ci")
    assert _said(mended) == [
        "moonpool: four:test cached",
        "moonpool: one:test cached",
        "moonpool: three:test cached",
        "moonpool: two:test passed",
    ]


def test_only_affected_projects_are_tested_when_asked(workspace: MoonWorkspace) -> None:
    nothing = workspace.moonpool("ci", "--affected")
    assert nothing.stderr == (
        "moonpool: no project is affected by the changes, so nothing was tested\n"
    )
    workspace.write("packages/three/src/three.py", "ANSWER = 42  # still\n")
    assert _said(workspace.moonpool("ci", "--affected")) == ["moonpool: three:test passed"]
    workspace.commit()
    compared = workspace.moonpool("ci", "--affected", "--base", "HEAD~1", "--head", "HEAD")
    assert _said(compared) == ["moonpool: three:test cached"]


def test_revisions_without_affected_are_a_mistake(workspace: MoonWorkspace) -> None:
    done = workspace.moonpool("ci", "--base", "HEAD~1", check=False)
    assert (done.returncode, done.stderr) == (
        64,
        "error: found `--base` or `--head` without `--affected`\nhint: add `--affected`\n",
    )


def test_a_repository_without_a_commit_is_asked_for_one(tmp_path: Path) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    done = workspace.moonpool("ci", check=False)
    assert (done.returncode, done.stderr) == (
        70,
        (
            f"error: found a git repository without a commit at `{workspace.root}`, "
            'expected at least one\nhint: run `git add --all && git commit -m "Begin"`\n'
        ),
    )


def test_a_signal_ends_the_tests_and_leaves_the_coverage_alone(workspace: MoonWorkspace) -> None:
    started = workspace.root / ".moonpool" / "started"
    workspace.run("mkfifo", str(started))
    workspace.write(
        "packages/one/tests/test_one.py",
        f"import time\n\ndef test_it() -> None:\n"
        f"    open({str(started)!r}, 'w').close()\n    time.sleep(600)\n",
    )
    ci = subprocess.Popen(
        [sys.executable, "-m", "moonpool", "ci", "one:test"],
        cwd=workspace.root,
        env=workspace.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    started.open().close()  # Blocks until the test is running.
    ci.send_signal(signal.SIGTERM)
    ci.communicate()
    assert ci.returncode == 128 + signal.SIGTERM
    assert not _combined(workspace).exists()


def test_a_shard_is_tested_and_neither_combined_nor_judged(workspace: MoonWorkspace) -> None:
    workspace.write("pyproject.toml", "[tool.moonpool.gates]\ntotal = 100\n")
    done = workspace.moonpool("ci", "one:test", MOONPOOL_SHARD="2/3")
    assert done.stderr.splitlines()[-2:] == [
        "moonpool: one:test passed",
        "moonpool: this was shard 2/3: `moonpool coverage combine` unites what all left",
    ]
    assert (workspace.root / "packages/one/.moonpool/coverage").is_file()
    assert not _combined(workspace).exists()
