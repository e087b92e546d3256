"""The name of a template changes with everything that it is made of, and with nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.databases.recipe import Recipe, recipe_files, template_name
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path


def _write(root: Path, path: str, text: str = "x = 1\n") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_the_name_follows_the_content_of_the_files(tmp_path: Path) -> None:
    file = _write(tmp_path, "schema/1.sql", "CREATE TABLE a ()")
    recipe = Recipe(tmp_path, sql=("schema/*.sql",))
    first = template_name(recipe, "150000 me")
    assert first == template_name(recipe, "150000 me")

    file.write_text("CREATE TABLE b ()")

    assert template_name(recipe, "150000 me") != first


def test_the_name_follows_the_server_and_the_steps(tmp_path: Path) -> None:
    recipe = Recipe(tmp_path, command=("make", "schema"))
    names = {
        template_name(recipe, "150000 me"),
        template_name(recipe, "160000 me"),
        template_name(recipe, "150000 you"),
        template_name(Recipe(tmp_path, command=("make", "other")), "150000 me"),
    }
    assert len(names) == 4
    assert all(len(name) <= 63 for name in names)


def test_two_checkouts_of_the_same_content_share_a_template(tmp_path: Path) -> None:
    for checkout in ("a", "b"):
        _write(tmp_path / checkout, "migrations/1.py")
    names = {
        template_name(Recipe(tmp_path / checkout, command=("alembic",)), "1 me")
        for checkout in ("a", "b")
    }
    assert len(names) == 1


def test_without_patterns_everything_that_usually_makes_a_schema_counts(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    counted = [
        _write(root, "api/alembic.ini"),
        _write(root, "api/migrations/1.py"),
        _write(root, "library/src/models.py"),
        _write(root, "library/src/views.sql"),
    ]
    for ignored in ("api/tests/test_a.py", "api/test_b.py", "api/conftest.py", "api/README.md"):
        _write(root, ignored)
    _write(root, "api/.venv/lib/site.py")
    _write(root, "api/env/pyvenv.cfg")
    _write(root, "api/env/lib/site.py")

    recipe = Recipe(root / "api", command=("alembic", "upgrade", "head"), whole=root)

    assert recipe_files(recipe) == sorted(counted)


def test_the_module_of_the_python_step_counts_wherever_it_lies(tmp_path: Path) -> None:
    schema = _write(tmp_path, "tests/schema.py")
    assert recipe_files(Recipe(tmp_path, python="tests.schema:build")) == [schema]


def test_a_pattern_may_lead_to_a_library_beside_the_project(tmp_path: Path) -> None:
    models = _write(tmp_path, "library/models.py")
    _write(tmp_path, "api/app.py")
    recipe = Recipe(tmp_path / "api", python="app:build", files=("../library/*.py",))
    assert recipe_files(recipe) == [models]


def test_a_pattern_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MoonpoolError) as caught:
        template_name(Recipe(tmp_path, sql=("schema/*.sql",)), "1 me")
    assert "the pattern `schema/*.sql` of the database template matches no file" in str(
        caught.value
    )
    assert caught.value.slug == "template-recipe"
