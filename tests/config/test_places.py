from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.config import find_places, find_project_root

if TYPE_CHECKING:
    from pathlib import Path


def _workspace(root: Path) -> Path:
    (root / ".moon").mkdir(parents=True)
    (root / ".moon" / "workspace.yml").write_text("projects: ['packages/*']\n")
    project = root / "packages" / "core"
    project.mkdir(parents=True)
    return project


def test_a_project_outside_a_workspace_keeps_its_history_itself(tmp_path: Path) -> None:
    places = find_places(tmp_path, {})
    assert places.workspace_root is None
    assert places.project == tmp_path.name
    assert places.history_file == tmp_path / ".moonpool" / "history.jsonl"
    assert places.journal_folder == tmp_path / ".moonpool" / "journal"


def test_in_a_workspace_the_history_rides_in_moons_cache(tmp_path: Path) -> None:
    places = find_places(_workspace(tmp_path), {})
    assert places.workspace_root == tmp_path
    assert places.project == "packages/core"
    cache = tmp_path / ".moon" / "cache"
    assert places.history_file == cache / "moonpool" / "history" / "packages+core.jsonl"
    assert places.journal_folder == cache / "moonpool" / "journal" / "packages+core"


def test_moons_own_name_for_the_project_is_used_where_it_fits(tmp_path: Path) -> None:
    project = _workspace(tmp_path)
    environ = {
        "MOON_WORKSPACE_ROOT": str(tmp_path),
        "MOON_PROJECT_ROOT": str(project),
        "MOON_PROJECT_ID": "kernel",
    }
    assert find_places(project, environ).project == "kernel"
    other = tmp_path / "packages" / "other"
    other.mkdir()
    assert find_places(other, environ).project == "packages/other"


def test_moons_variables_of_another_workspace_are_not_believed(tmp_path: Path) -> None:
    project = _workspace(tmp_path / "mine")
    environ = {"MOON_WORKSPACE_ROOT": str(tmp_path / "theirs")}
    assert find_places(project, environ).workspace_root == tmp_path / "mine"


def test_moons_folder_for_its_own_tools_is_no_workspace(tmp_path: Path) -> None:
    (tmp_path / ".moon" / "bin").mkdir(parents=True)
    assert find_places(tmp_path, {}).workspace_root is None


def test_the_nearest_folder_with_a_project_file_is_the_project(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("")
    tests = tmp_path / "tests" / "unit"
    tests.mkdir(parents=True)
    assert find_project_root(tests) == tmp_path


def test_each_project_of_a_workspace_has_a_folder_for_its_templates(tmp_path: Path) -> None:
    places = find_places(_workspace(tmp_path), {})
    assert places.databases_folder.is_relative_to(tmp_path / ".moon" / "cache" / "moonpool")
    assert places.all_databases_folders == []
    places.databases_folder.mkdir(parents=True)
    assert places.all_databases_folders == [places.databases_folder]


def test_a_project_without_a_workspace_keeps_its_templates_itself(tmp_path: Path) -> None:
    places = find_places(tmp_path, {})
    assert places.databases_folder == tmp_path / ".moonpool" / "databases"
    assert places.all_databases_folders == [places.databases_folder]
