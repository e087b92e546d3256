"""Names of files, seen from the project and from the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.paths import in_workspace, project_names
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("backend", "src/a.py", "backend/src/a.py"),
        ("apps/backend", "../../core/x.py", "core/x.py"),
        (".", "src/a.py", "src/a.py"),
        ("backend", "../../elsewhere/x.py", None),
        (".", "../x.py", None),
        ("backend", "/usr/lib/x.py", None),
        ("backend", "..well.py", "backend/..well.py"),
    ],
)
def test_a_projects_name_becomes_the_workspaces(
    source: str, name: str, expected: str | None
) -> None:
    assert in_workspace(source, name) == expected


def test_a_link_to_the_checkout_does_not_change_the_names(tmp_path: Path) -> None:
    project = plant(tmp_path / "real", {"src/a.py": ""})
    (tmp_path / "link").symlink_to(project)
    name = project_names(tmp_path / "link", tmp_path / "link")
    assert name(str(project / "src" / "a.py")) == "src/a.py"


def test_a_relative_path_is_relative_to_the_project(tmp_path: Path) -> None:
    name = project_names(plant(tmp_path / "p", {"a.py": ""}), tmp_path)
    assert name("src/./a.py") == "src/a.py"
    assert name("../q/b.py") == "../q/b.py"
    assert name("../../b.py") is None


def test_the_same_result_leads_into_each_project(tmp_path: Path) -> None:
    for name in ("one", "two"):
        root = tmp_path / name
        (root / "src").mkdir(parents=True)
        (root / "src" / "a.py").touch()
        (root / ".coveragerc").write_text("[paths]\nsource =\n    src\n    /ci/*/src\n")
        assert project_names(root, tmp_path)("/ci/7/src/a.py") == "src/a.py"
