"""What a template database is made of: the user's own steps, and the files that they read.

The digest of all that names the template, so that a template with the right name is the right one.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Recipe", "recipe_files", "template_name"]

_VERSION = 1
_DIGEST_LETTERS = 16
# Where nobody says which files make the schema: everything that usually does, and no tests, so
# that editing a test does not cost a new template.
_ENDINGS = (".py", ".sql", ".ini")
_SKIPPED_FOLDERS = frozenset(("node_modules", "tests", "test", "__pycache__", "build", "dist"))


@dataclass(frozen=True)
class Recipe:
    """The steps that fill an empty database, done in the order of these fields."""

    folder: Path
    """The project's root: where the command runs and where patterns begin."""
    command: tuple[str, ...] = ()
    python: str | None = None
    """``module:object``: metadata with ``create_all``, or a function of none or one (the URL)."""
    sql: tuple[str, ...] = ()
    """Patterns of SQL files, each pattern's files in the order of their names."""
    files: tuple[str, ...] = ()
    """Patterns of what else the result depends on; empty for what usually does."""
    whole: Path | None = None
    """The workspace's root: where the files that usually matter are looked for."""
    import_paths: tuple[str, ...] = ()


def template_name(recipe: Recipe, server: str) -> str:
    """The name of the template that this recipe makes of its files as they are now.

    ``server`` is what else tells templates apart: the server's version, and the role that owns it.

    Raises MoonpoolError when a pattern matches no file.
    """
    digest = hashlib.sha256()
    steps = [recipe.command, recipe.python, recipe.sql]
    digest.update(json.dumps([_VERSION, server, *steps]).encode())
    for path in recipe_files(recipe):
        content = path.read_bytes()
        name = os.path.relpath(path, recipe.folder)
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"moonpool_template_{digest.hexdigest()[:_DIGEST_LETTERS]}"


def recipe_files(recipe: Recipe) -> list[Path]:
    """The files whose content decides what the template holds, each once."""
    found = [path for pattern in (*recipe.sql, *recipe.files) for path in matches(recipe, pattern)]
    if not recipe.files and (recipe.command or recipe.python):
        found += _usual(recipe.whole or recipe.folder)
        found += _module_file(recipe)
    return sorted(set(found))


def matches(recipe: Recipe, pattern: str) -> list[Path]:
    """The files of one pattern, by name."""
    # `..` leads out of the project to a library beside it, which `glob` does not follow by itself.
    start, rest = recipe.folder, pattern
    while rest.startswith("../"):
        start, rest = start.parent, rest[3:]
    found = sorted(path for path in start.glob(rest) if path.is_file()) if rest else []
    if not found:
        raise MoonpoolError(
            f"the pattern `{pattern}` of the database template matches no file in `{start}`",
            hint="correct it in `[tool.moonpool.databases.template]`",
            slug="template-recipe",
            exit_code=ExitCode.DATABASE,
        )
    return found


def _usual(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if _is_source(Path(folder, name))]
        yield from (
            Path(folder, name)
            for name in names
            if name.endswith(_ENDINGS) and not name.startswith(("test_", "conftest."))
        )


def _is_source(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in _SKIPPED_FOLDERS:
        return False
    return not (folder / "pyvenv.cfg").is_file()


def _module_file(recipe: Recipe) -> list[Path]:
    """The file of the named object, which may well lie beside the tests."""
    module = (recipe.python or "").partition(":")[0].replace(".", "/")
    places = (recipe.folder, recipe.folder / "src", *map(Path, recipe.import_paths))
    return [path for place in places if module and (path := place / f"{module}.py").is_file()][:1]
