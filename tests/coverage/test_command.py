"""`moonpool coverage` on a real moon workspace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.origin import Origin, note_origin
from tests.support.moon import MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    """Two projects with data and one without."""
    workspace = moon_workspace(tmp_path / "workspace")
    for name, bits in {"core": 0b10, "web": 0}.items():
        workspace.project(name)
        executed = Executed(False, {f"src/{name}.py": FileRun(lines={"": bits} if bits else {})})
        write_data_file(workspace.root / f"packages/{name}/.moonpool/coverage", executed)
    workspace.project("idle")
    workspace.commit()
    return workspace


def _errors(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if line.startswith(("error:", "hint:"))]


def test_combining_prints_the_table_and_writes_every_report(workspace: MoonWorkspace) -> None:
    done = workspace.moonpool("coverage", "combine")
    assert done.stdout.splitlines() == [
        "Project  Stmts  Miss  Cover",
        "---------------------------",
        "core         1     0   100%",
        "idle         -     -      -  no data: its tests have not been run",
        "web          1     1     0%",
        "---------------------------",
        "Total        2     1    50%",
    ]
    assert done.stderr.splitlines() == [
        f"moonpool: wrote .moonpool/combined/{name}"
        for name in ("coverage.xml", "html/index.html", "lcov.info", "coverage.json", "summary.md")
    ]
    combined = workspace.root / ".moonpool" / "combined"
    assert all(
        (combined / line.rpartition("combined/")[2]).is_file() for line in done.stderr.splitlines()
    )


def test_a_workspace_without_tested_projects_is_told(tmp_path: Path) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.commit()
    done = workspace.moonpool("coverage", "combine")
    assert done.stderr.splitlines()[0] == (
        "moonpool: no project has the tag `pytest` or a task `test`: there is nothing to combine"
    )


def test_reporting_reads_what_was_combined_and_can_be_about_one_project(
    workspace: MoonWorkspace,
) -> None:
    workspace.moonpool("coverage", "combine", "--format", "xml")
    write_data_file(workspace.root / "packages/web/.moonpool/coverage", Executed(False, {}))
    whole = workspace.moonpool("coverage", "report", "--files")
    rows = [line.split() for line in whole.stdout.splitlines()]
    assert ["packages/web/src/web.py", "1", "1", "0%"] in rows
    one = workspace.moonpool("coverage", "report", "--project", "core", "--format", "term,lcov")
    assert one.stdout.splitlines()[2:] == [
        "core         1     0   100%",
        "---------------------------",
        "Total        1     0   100%",
    ]
    combined = workspace.root / ".moonpool" / "combined"
    records = (combined / "by-project" / "core" / "lcov.info").read_text()
    assert records.startswith("SF:packages/core/src/core.py\n")
    assert not (combined / "lcov.info").exists()


def test_json_is_one_object(workspace: MoonWorkspace) -> None:
    done = workspace.moonpool("coverage", "combine", "--json", "--format", "json")
    said = json.loads(done.stdout)
    assert said["version"] == 1
    assert said["reports"] == {"json": ".moonpool/combined/coverage.json"}
    assert said["total"]["percent_covered"] == 50.0
    assert said["errors"] == []
    assert [project["id"] for project in said["projects"]] == ["core", "idle", "web"]
    assert said["projects"][1]["summary"] is None


def test_damaged_data_is_one_error_and_the_rest_is_combined(workspace: MoonWorkspace) -> None:
    (workspace.root / "packages/web/.moonpool/coverage").write_bytes(b"")
    done = workspace.moonpool("coverage", "combine", "--format", "term", check=False)
    assert done.returncode == 68
    assert _errors(done) == [
        "error: `packages/web/.moonpool/coverage` of project `web` is empty",
        "hint: run `moon run web:test --force`",
    ]
    assert done.stdout.splitlines()[-1] == "Total        1     0   100%"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (
            ["report"],
            68,
            "error: found no readable combined coverage in `.moonpool/combined`",
        ),
        (
            ["combine", "--format", "pdf"],
            64,
            (
                "error: invalid value for '--format': found `pdf`, expected one of term, "
                "term-missing, xml, html, lcov, json, markdown"
            ),
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    workspace: MoonWorkspace, words: list[str], code: int, error: str
) -> None:
    done = workspace.moonpool("coverage", *words, check=False)
    assert done.returncode == code
    assert _errors(done)[0] == error


def test_an_unknown_project_is_named_beside_the_known_ones(workspace: MoonWorkspace) -> None:
    workspace.moonpool("coverage", "combine", "--format", "term")
    done = workspace.moonpool("coverage", "report", "--project", "cor", check=False)
    assert done.returncode == 64
    assert _errors(done)[0] == (
        "error: invalid value for '--project': found `cor`, expected one of `core`, `idle`, `web`"
    )


def test_inside_of_a_moon_task_the_report_of_an_older_run_does_not_count(
    workspace: MoonWorkspace,
) -> None:
    done = workspace.moonpool(
        "coverage", "combine", "--format", "term", MOON_TARGET="root:coverage"
    )
    assert "its tests passed without measuring coverage" in done.stdout


def _shard(workspace: MoonWorkspace, number: int, bits: int) -> None:
    """Leave what an artifact of shard ``number`` of 3 of `core` holds, its folders lost."""
    path = workspace.root / "shards" / f"coverage-{number}" / "coverage"
    write_data_file(path, Executed(False, {"src/core.py": FileRun(lines={"": bits})}))
    note_origin(path, Origin("packages/core", frozenset({f"{number}/3"})))


def test_shards_that_are_named_are_united_and_one_that_lacks_is_an_error(
    workspace: MoonWorkspace,
) -> None:
    workspace.write("packages/core/src/core.py", "A = 1\nB = 2\nC = 3\n")
    (workspace.root / "packages/core/.moonpool/coverage").unlink()
    for number in (1, 2):
        _shard(workspace, number, 1 << number)
    words = ("coverage", "combine", "shards", "--format", "term")
    done = workspace.moonpool(*words, check=False)
    assert done.returncode == 68
    assert _errors(done) == [
        "error: found data of project `core` without shard 3 of 3",
        "hint: run the jobs of those shards again, and name all that they left",
    ]
    assert done.stdout.splitlines()[2] == ("core         3     1    67%  without shard 3 of 3")
    gates = workspace.moonpool("coverage", "check", "--each", "90", "--json", check=False)
    assert gates.returncode == 1
    found = [
        (gate["gate"], gate["subject"], gate["state"]) for gate in json.loads(gates.stdout)["gates"]
    ]
    # `web` has run none of its lines; of `core` nobody knows that yet.
    assert found[:3] == [
        ("data", "core", "unknown"),
        ("project", "core", "unknown"),
        ("data", "idle", "unknown"),
    ]
    assert ("project", "web", "failed") in found
    _shard(workspace, 3, 0b1000)
    done = workspace.moonpool(*words)
    assert done.stdout.splitlines()[2] == "core         3     0   100%"


def test_a_job_of_one_shard_is_not_blamed_for_the_others(workspace: MoonWorkspace) -> None:
    (workspace.root / "packages/core/.moonpool/coverage").unlink()
    _shard(workspace, 1, 0b10)
    done = workspace.moonpool(
        "coverage", "combine", "shards", "--format", "term", MOONPOOL_SHARD="1/3"
    )
    assert "without shards 2, 3 of 3" in done.stdout


def test_a_folder_without_data_is_told_before_anything_is_combined(
    workspace: MoonWorkspace,
) -> None:
    (workspace.root / "shards").mkdir()
    done = workspace.moonpool("coverage", "combine", "shards", check=False)
    assert done.returncode == 68
    assert _errors(done)[0] == "error: found no data files in `shards`"
