"""Projects that `moon generate` makes from our templates, without anybody to answer questions."""

from __future__ import annotations

import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.moon import REPOSITORY, MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    """A workspace that has our templates at hand and runs the real moonpool."""
    workspace = moon_workspace(tmp_path / "workspace", real=True)
    shutil.copytree(REPOSITORY / "templates", workspace.root / "templates")
    return workspace


def test_a_new_project_passes_its_tests_at_once(workspace: MoonWorkspace) -> None:
    workspace.commit()
    workspace.moon("generate", "python-project", "--defaults")
    workspace.commit()
    assert "2 passed" in workspace.moon("run", "example:test").stdout
    assert (workspace.root / "packages/example/.moonpool/coverage").is_file()


def test_a_project_may_have_any_name(workspace: MoonWorkspace) -> None:
    workspace.commit()
    words = ("--name", "Foo Bar", "--description", "Says hello")
    workspace.moon("generate", "python-project", "--defaults", "--", *words)
    workspace.commit()
    assert (workspace.root / "packages/foo-bar/src/foo_bar/__init__.py").is_file()
    assert "2 passed" in workspace.moon("run", "foo-bar:test").stdout


def test_a_new_project_on_postgres_says_which_databases_it_wants(workspace: MoonWorkspace) -> None:
    workspace.commit()
    words = ("--name", "My Shop")
    workspace.moon("generate", "python-postgres-project", "--defaults", "--", *words)
    text = (workspace.root / "packages/my-shop/pyproject.toml").read_text()
    assert tomllib.loads(text)["tool"]["moonpool"]["databases"] == {
        "urls": ["DATABASE_URL"],
        "default": "postgresql+psycopg:///my_shop_test",
    }
