"""`moonpool init` as a person runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.moon import MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    from pathlib import Path

FILES = (".moon/tasks/moonpool/pytest.yml", ".moon/tasks/moonpool/workspace.yml")


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    """A workspace with a commit, a project, and without our files."""
    workspace = moon_workspace(tmp_path / "workspace")
    for path in FILES:
        (workspace.root / path).unlink()
    workspace.project("core")
    workspace.commit()
    return workspace


def _state(workspace: MoonWorkspace) -> dict[str, str]:
    files = [workspace.root / path for path in (*FILES, ".gitignore")]
    return {file.name: file.read_text() for file in files if file.is_file()}


def test_the_first_time_writes_and_the_second_changes_nothing(workspace: MoonWorkspace) -> None:
    first = workspace.moonpool("init")
    assert first.stdout.splitlines() == [f"created  {path}" for path in FILES]
    before = _state(workspace)
    second = workspace.moonpool("init")
    assert second.stdout.splitlines() == [f"unchanged  {path}" for path in FILES]
    assert (second.stderr, _state(workspace)) == ("", before)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(workspace: MoonWorkspace) -> None:
    workspace.write(".gitignore", ".moon/cache/")
    before = _state(workspace)
    done = workspace.moonpool("init", "--dry-run")
    assert done.stdout.splitlines() == [
        *(f"would create  {path}" for path in FILES),
        "would add  `.moonpool/` to .gitignore",
    ]
    assert _state(workspace) == before


def test_our_folders_are_ignored_by_git(workspace: MoonWorkspace) -> None:
    workspace.write(".gitignore", ".moon/cache/")
    assert "added  `.moonpool/` to .gitignore" in workspace.moonpool("init").stdout
    assert _state(workspace)[".gitignore"] == ".moon/cache/\n.moonpool/\n"


def test_an_edit_by_hand_is_refused_shown_and_kept_until_told_otherwise(
    workspace: MoonWorkspace,
) -> None:
    workspace.moonpool("init")
    edited = workspace.root / FILES[0]
    edited.write_text(edited.read_text() + "# mine\n")
    (workspace.root / FILES[1]).unlink()
    before = _state(workspace)

    refused = workspace.moonpool("init", "--upgrade", check=False)
    assert refused.returncode == 67
    assert refused.stderr.splitlines() == [
        (
            f"error: found `{FILES[0]}` (edited by hand), "
            "expected files as `moonpool init` writes them; nothing was changed"
        ),
        (
            "hint: run `moonpool init --dry-run` to see the difference, "
            "or `moonpool init --overwrite` to lose it"
        ),
    ]
    shown = workspace.moonpool("init", "--dry-run", check=False)
    assert (shown.returncode, "-# mine" in shown.stdout.splitlines()) == (67, True)
    assert _state(workspace) == before

    workspace.moonpool("init", "--overwrite")
    assert "# mine" not in edited.read_text()


def test_another_runner_waits_for_the_upgrade_and_is_then_remembered(
    workspace: MoonWorkspace,
) -> None:
    workspace.moonpool("init", "--runner", "path")
    before = _state(workspace)
    waiting = workspace.moonpool("init", "--runner", "uv")
    assert waiting.stdout.splitlines() == [f"outdated  {path}" for path in FILES]
    assert waiting.stderr == (
        "moonpool: run `moonpool init --upgrade` to bring the outdated files up to date\n"
    )
    assert _state(workspace) == before
    upgraded = workspace.moonpool("init", "--runner", "uv", "--upgrade")
    assert upgraded.stdout.splitlines() == [f"replaced  {path}" for path in FILES]
    again = workspace.moonpool("init", "--upgrade", "--json")
    assert json.loads(again.stdout)["runner"] == "uv"


def test_json_holds_everything_that_is_said(workspace: MoonWorkspace) -> None:
    workspace.write("packages/core/moon.yml", "language: python\n")
    done = workspace.moonpool("init", "--dry-run", "--runner", "venv", "--json")
    assert json.loads(done.stdout) == {
        "version": 1,
        "workspace": str(workspace.root),
        "moon": 2,
        "runner": "venv:.venv/bin",
        "dry_run": True,
        "files": [{"path": path, "state": "create", "changed": True} for path in FILES],
        "gitignore_changed": False,
        "needs": [
            {
                "kind": "project-tag",
                "path": "packages/core/moon.yml",
                "text": "`core` has tests but not the tag: "
                "write `tags: [pytest]` in packages/core/moon.yml",
            }
        ],
    }


def test_a_project_without_the_tag_is_named(workspace: MoonWorkspace) -> None:
    workspace.write("packages/core/moon.yml", "language: python\n")
    assert workspace.moonpool("init").stderr == (
        "moonpool: `core` has tests but not the tag: "
        "write `tags: [pytest]` in packages/core/moon.yml\n"
    )


def test_before_the_first_commit_the_files_are_written_and_the_commit_asked_for(
    tmp_path: Path,
) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    assert workspace.moonpool("init").stderr == (
        'moonpool: moon needs a first commit: run `git add --all && git commit -m "Begin"`\n'
    )


def test_files_of_moon_1_are_replaced_by_those_of_moon_2(workspace: MoonWorkspace) -> None:
    workspace.moonpool("init", "--runner", "path")
    old = workspace.root / ".moon/tasks/moonpool/tag-pytest.yml"
    (workspace.root / FILES[0]).rename(old)
    done = workspace.moonpool("init", "--upgrade")
    assert done.stdout.splitlines() == [
        f"created  {FILES[0]}",
        "removed  .moon/tasks/moonpool/tag-pytest.yml",
        f"unchanged  {FILES[1]}",
    ]
    assert not old.exists()


def test_a_broken_configuration_is_moons_to_explain_and_nothing_is_written(
    workspace: MoonWorkspace,
) -> None:
    workspace.write("packages/core/moon.yml", "tags: [\n")
    done = workspace.moonpool("init", check=False)
    assert done.returncode == 70
    assert "error: `moon query projects` failed: " in done.stderr
    assert "packages/core/moon.yml" in done.stderr
    assert not (workspace.root / FILES[0]).exists()


def test_outside_of_a_workspace_there_is_nothing_to_set_up(tmp_path: Path) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    (workspace.root / ".moon" / "workspace.yml").unlink()
    done = workspace.moonpool("init", check=False)
    assert done.returncode == 66
    assert f"error: found no moon workspace around `{workspace.root}`" in done.stderr
