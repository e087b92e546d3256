from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.moon.needs import needs
from moonpool.moon.project import Project
from moonpool.moon.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def _project(root: Path, source: str, *tags: str) -> Project:
    folder = root / source
    folder.mkdir(parents=True, exist_ok=True)
    return Project(folder.name if source != "." else "root", source, folder, tags, ())


def _texts(root: Path, *projects: Project, major: int = 2) -> list[str]:
    return [need.text for need in needs(Workspace(root), projects, major=major)]


def _with_tests(project: Project, path: str = "tests/test_a.py") -> Project:
    (project.root / "pyproject.toml").touch()
    file = project.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    return project


def test_a_workspace_with_both_tags_needs_nothing(tmp_path: Path) -> None:
    root = _project(tmp_path, ".", "moonpool-root")
    assert _texts(tmp_path, root, _with_tests(_project(tmp_path, "libs/core", "pytest"))) == []


@pytest.mark.parametrize(
    "path", ["tests/test_a.py", "test/unit/a_test.py", "test_a.py", "core/tests/test_a.py"]
)
def test_a_python_project_with_tests_is_told_its_tag(tmp_path: Path, path: str) -> None:
    root = _project(tmp_path, ".", "moonpool-root")
    core = _with_tests(_project(tmp_path, "libs/core", "api"), path)
    assert _texts(tmp_path, root, core) == [
        "`core` has tests but not the tag: write `tags: [api, pytest]` in libs/core/moon.yml"
    ]


def test_a_project_of_another_language_or_without_tests_is_left_alone(tmp_path: Path) -> None:
    root = _project(tmp_path, ".", "moonpool-root")
    other = _project(tmp_path, "web")
    (other.root / "tests").mkdir()
    (other.root / "tests" / "test_a.py").touch()
    bare = _project(tmp_path, "bare")
    (bare.root / "pyproject.toml").touch()
    assert _texts(tmp_path, root, other, bare) == []


def test_a_root_without_its_tag_is_told_the_line(tmp_path: Path) -> None:
    assert _texts(tmp_path, _project(tmp_path, ".", "docs")) == [
        "`root` is the root but not tagged so: write `tags: [docs, moonpool-root]` in moon.yml"
    ]


def test_a_workspace_without_a_root_project_is_told_how_to_have_one(tmp_path: Path) -> None:
    (tmp_path / ".moon").mkdir()
    (tmp_path / ".moon" / "workspace.yml").touch()
    (text,) = _texts(tmp_path)
    assert text == (
        "no project is the workspace's root: write `sources: {root: '.'}` below `projects:` in "
        ".moon/workspace.yml (globs then go below `globs:`), and `tags: [moonpool-root]` in "
        "moon.yml"
    )


@pytest.mark.parametrize(("major", "told"), [(1, False), (2, True)])
def test_tasks_that_moon_2_does_not_read_are_named(tmp_path: Path, major: int, told: bool) -> None:
    (tmp_path / ".moon").mkdir()
    (tmp_path / ".moon" / "tasks.yml").touch()
    words = "moon 2 ignores .moon/tasks.yml: run `git mv .moon/tasks.yml .moon/tasks/all.yml`"
    root = _project(tmp_path, ".", "moonpool-root")
    assert _texts(tmp_path, root, major=major) == ([words] if told else [])
