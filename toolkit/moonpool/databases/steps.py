"""Does a recipe's steps on one empty database, each in a child that finds it in its environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING

from moonpool.databases.connection import connect
from moonpool.databases.failures import explained
from moonpool.databases.recipe import matches
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from moonpool.databases.recipe import Recipe
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["STEP_SECONDS", "fill_database"]

# Migrations of years take minutes on a slow disk; one that waits for an answer takes for ever.
STEP_SECONDS = 600
_SHOWN_LINES = 12
_RUNNER = "moonpool.databases.python_step"


def fill_database(
    recipe: Recipe,
    url: DatabaseUrl,
    variables: Collection[str],
    environ: Mapping[str, str],
    load: Callable[[DatabaseUrl, Sequence[Path]], None] | None = None,
) -> None:
    """Do all steps on the database of ``url``, which every one of ``variables`` is made to name.

    ``load`` runs SQL files where that is no PostgreSQL. Raises MoonpoolError with the last lines of
    what a failing step said.
    """
    child = {**environ, **dict.fromkeys(variables, url.text)}
    if recipe.command:
        _run(recipe, list(recipe.command), child, f"`{' '.join(recipe.command)}`")
    if recipe.python:
        paths = (recipe.folder, recipe.folder / "src", *recipe.import_paths, *sys.path)
        child["PYTHONPATH"] = os.pathsep.join(str(path) for path in paths if str(path))
        command = [sys.executable, "-m", _RUNNER, recipe.python, next(iter(variables))]
        _run(recipe, command, child, f"`{recipe.python}`")
    if recipe.sql:
        files = [path for pattern in recipe.sql for path in matches(recipe, pattern)]
        (load or _load)(url, files)


def _run(recipe: Recipe, command: list[str], environ: dict[str, str], name: str) -> None:
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                command,
                cwd=recipe.folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=STEP_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _failed(f"{name} did not end within {STEP_SECONDS} s", "") from None
        except OSError as error:
            raise _failed(f"{name} cannot be started: {error.strerror}", "") from None
        if done.returncode != 0:
            output.seek(0)
            said = output.read().decode(errors="replace").strip().splitlines()
            raise _failed(
                f"{name} ended with code {done.returncode}", "\n".join(said[-_SHOWN_LINES:])
            )


def _load(url: DatabaseUrl, files: Sequence[Path]) -> None:
    with closing(connect(url, url.name)) as connection:
        connection.execute(f"SET statement_timeout = '{STEP_SECONDS}s'")
        for path in files:
            with explained(url, f"load `{path.name}` into a template on"):
                connection.execute(path.read_bytes())


def _failed(found: str, said: str) -> MoonpoolError:
    return MoonpoolError(
        f"the database template cannot be built: {found}" + (f"\n{said}" if said else ""),
        hint="run that step by itself on an empty database; it is set in "
        "`[tool.moonpool.databases.template]`",
        slug="template-recipe",
        exit_code=ExitCode.DATABASE,
    )
