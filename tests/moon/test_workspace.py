from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.errors import ExitCode, MoonpoolError
from moonpool.moon.workspace import Workspace, find_workspace, major_by_files

if TYPE_CHECKING:
    from pathlib import Path


def _workspace(root: Path) -> Path:
    (root / ".moon").mkdir(parents=True)
    (root / ".moon" / "workspace.yml").write_text("projects: []\n")
    return root


def test_the_nearest_workspace_above_is_found(tmp_path: Path) -> None:
    inner = _workspace(_workspace(tmp_path / "outer") / "inner")
    deep = inner / "packages" / "core"
    deep.mkdir(parents=True)
    assert find_workspace(deep, environ={}) == Workspace(inner)


def test_moons_variable_is_believed_where_it_contains_the_folder(tmp_path: Path) -> None:
    outer = _workspace(tmp_path / "outer")
    inner = _workspace(outer / "inner")
    environ = {"MOON_WORKSPACE_ROOT": str(outer)}
    assert find_workspace(inner, environ=environ) == Workspace(outer)


def test_moons_variable_about_another_place_is_ignored(tmp_path: Path) -> None:
    here, there = _workspace(tmp_path / "here"), _workspace(tmp_path / "there")
    environ = {"MOON_WORKSPACE_ROOT": str(there)}
    assert find_workspace(here, environ=environ) == Workspace(here)


def test_the_folder_of_moons_own_tools_is_no_workspace(tmp_path: Path) -> None:
    (tmp_path / ".moon" / "bin").mkdir(parents=True)
    with pytest.raises(MoonpoolError) as raised:
        find_workspace(tmp_path, environ={})
    assert raised.value.message == (
        f"found no moon workspace around `{tmp_path}`, "
        "expected `.moon/workspace.yml` there or above"
    )
    assert raised.value.hint == "run `moon init` in the folder that shall be the workspace's root"
    assert (raised.value.slug, raised.value.exit_code) == ("no-workspace", ExitCode.NO_WORKSPACE)


@pytest.mark.parametrize(
    ("path", "major"),
    [
        ("workspace.yml", 2),
        ("toolchains.yml", 2),
        ("toolchain.yml", 1),
        ("tasks.yml", 1),
        ("tasks/tag-python.yml", 1),
        ("tasks/all.yml", 2),
    ],
)
def test_the_files_tell_the_generation_of_moon(tmp_path: Path, path: str, major: int) -> None:
    file = tmp_path / ".moon" / path
    file.parent.mkdir(parents=True)
    file.write_text("")
    assert major_by_files(Workspace(tmp_path)) == major
