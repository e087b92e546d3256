"""The same workspace, once listed by moon and once read without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.errors import ExitCode, MoonpoolError
from moonpool.moon import Project, Workspace, list_projects
from moonpool.moon.declared import read_projects
from tests.support.moon import MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.project("core")
    workspace.write("packages/plain/moon.yml", "id: simple\ntasks: {greet: {command: 'echo hi'}}\n")
    workspace.commit()
    return workspace


def _expected(root: Path) -> tuple[Project, ...]:
    inherited = ("ci", "src", "test", "test-plain")
    return (
        Project("core", "packages/core", root / "packages/core", ("pytest",), inherited),
        Project("root", ".", root, ("moonpool-root",), ("ci", "coverage", "workflows")),
        Project("simple", "packages/plain", root / "packages/plain", (), ("greet",)),
    )


def test_moon_lists_projects_with_their_tags_and_tasks(workspace: MoonWorkspace) -> None:
    found = list_projects(Workspace(workspace.root), environ=workspace.environ)
    assert found == _expected(workspace.root)


def test_without_moon_the_configuration_says_the_same(workspace: MoonWorkspace) -> None:
    found = list_projects(Workspace(workspace.root), environ={"PATH": ""})
    assert found == _expected(workspace.root)


@pytest.mark.parametrize(
    ("projects", "sources"),
    [
        ("projects: ['packages/*', '!packages/b']", ["packages/a"]),
        ("projects: ['packages/*/moon.yml']", ["packages/a"]),
        ("projects: {a: 'packages/a', root: '.'}", ["packages/a", "."]),
        (
            "projects: {globs: ['./packages/*'], sources: {root: '.'}}",
            ["packages/a", "packages/b", "."],
        ),
        ("projects: ['.', '*/a']", [".", "packages/a"]),
        ("", []),
    ],
)
def test_every_form_of_projects_is_read(tmp_path: Path, projects: str, sources: list[str]) -> None:
    for path in ("packages/a", "packages/b", "packages/.hidden", "node_modules/a", ".moon"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "packages/a/moon.yml").write_text("")
    (tmp_path / ".moon/workspace.yml").write_text(projects)
    found = read_projects(Workspace(tmp_path))
    assert sorted(project.source for project in found) == sorted(sources)


def test_moons_complaint_is_shown_in_one_line(workspace: MoonWorkspace) -> None:
    workspace.write("packages/core/moon.yml", "tasks: {test: {comand: x}}\n")
    with pytest.raises(MoonpoolError) as raised:
        list_projects(Workspace(workspace.root), environ=workspace.environ)
    assert raised.value.message.startswith("`moon query projects` failed: ")
    assert "unknown field `comand`" in raised.value.message
    assert "\n" not in raised.value.message
    assert raised.value.hint == "run `moon query projects` and mend what it names"
    assert (raised.value.slug, raised.value.exit_code) == ("moon-failed", ExitCode.MOON)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("workspace.yml", "projects: [", "while parsing a flow node"),
        ("workspace.yml", "- one", "list at the top, expected a mapping"),
        ("workspace.pkl", "", "a format that only moon reads"),
    ],
)
def test_without_moon_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, text: str, found: str
) -> None:
    file = tmp_path / ".moon" / name
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(MoonpoolError) as raised:
        read_projects(Workspace(tmp_path))
    assert raised.value.message.startswith(f"cannot read `{file}` without moon: found {found}")
    assert raised.value.hint == "mend the file, or run `npm install --save-dev @moonrepo/cli`"
    assert raised.value.slug == "moon-config"
