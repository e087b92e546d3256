"""Names of files, as tools write them and as the workspace knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.foreign.names import workspace_name
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a project `apps/web` and a library beside it."""
    files = ("apps/web/src/a.ts", "apps/web/lib/b.ts", "packages/ui/c.ts")
    return plant(tmp_path.resolve() / "workspace", dict.fromkeys(files, "x\n"))


@pytest.mark.parametrize(
    ("name", "folders", "expected"),
    [
        ("src/a.ts", [], "apps/web/src/a.ts"),
        ("./src/a.ts", [], "apps/web/src/a.ts"),
        ("src\\a.ts", [], "apps/web/src/a.ts"),
        ("../../packages/ui/c.ts", [], "packages/ui/c.ts"),
        ("apps/web/src/a.ts", [], "apps/web/src/a.ts"),
        ("packages/ui/c.ts", [], "packages/ui/c.ts"),
        ("{root}/packages/ui/c.ts", [], "packages/ui/c.ts"),
        ("b.ts", ["src", "lib"], "apps/web/lib/b.ts"),
        ("c.ts", ["{root}/apps/web", "{root}/packages/ui"], "packages/ui/c.ts"),
        ("src/a.ts", ["{root}/apps/web"], "apps/web/src/a.ts"),
        ("/builds/1/apps/web/src/a.ts", [], "apps/web/src/a.ts"),
        ("D:\\builds\\apps\\web\\src\\a.ts", [], "apps/web/src/a.ts"),
        ("b.ts", ["/builds/1/apps/web/lib"], "apps/web/lib/b.ts"),
        ("src/gone.ts", [], "apps/web/src/gone.ts"),
        ("../../../alien.ts", [], None),
        ("/usr/lib/alien.js", [], None),
    ],
)
def test_a_file_is_found_where_the_tool_may_have_meant_it(
    root: Path, name: str, folders: list[str], expected: str | None
) -> None:
    found = workspace_name(
        name.format(root=root), [folder.format(root=root) for folder in folders], root, "apps/web"
    )
    assert found == expected


def test_a_link_is_known_by_where_it_leads(root: Path) -> None:
    (root / "apps/web/ui").symlink_to(root / "packages/ui")
    (root / "apps/web/alien").symlink_to(root.parent)
    assert workspace_name("ui/c.ts", [], root, "apps/web") == "packages/ui/c.ts"
    assert workspace_name("alien/x.ts", [], root, "apps/web") is None


def test_the_root_may_be_a_project(root: Path) -> None:
    assert workspace_name("apps/web/src/a.ts", [], root, ".") == "apps/web/src/a.ts"
