"""A template file: built once, kept for later runs, copied meanwhile; SQLite's own snapshot of it.

A run that uses a template holds a small file beside it, by which others see that it is in use. It
is built in a folder aside and appears under its name when it is whole.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.recipe import template_name
from moonpool.databases.sqlite.backup import back_up
from moonpool.databases.sqlite.held import Held, hold, is_held
from moonpool.databases.sqlite.path import file_of, leading_to
from moonpool.databases.steps import STEP_SECONDS, fill_database
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.files import locked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from moonpool.databases.recipe import Recipe
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["FileTemplate", "provide_template", "prune_templates", "templates_in"]

_PREFIX = "moonpool_template_"
_ENDING, _USED, _MAKING = ".db", ".used", ".making"
_LOCK = ".lock"
_LOCKED_SECONDS = 2.0


@dataclass(frozen=True)
class FileTemplate:
    """A template in use by this run."""

    path: Path
    built: bool
    """Whether that was done now."""
    use: Held
    """To be removed at the end of the run."""


def provide_template(
    kept: Path,
    url: DatabaseUrl,
    recipe: Recipe,
    run: str,
    *,
    variables: Collection[str],
    environ: Mapping[str, str],
) -> FileTemplate:
    """The finished template of a recipe in the folder ``kept``; what nobody uses there goes.

    Raises MoonpoolError when a step fails, OSError when the folder cannot be written.
    """
    name = template_name(recipe, f"sqlite {sqlite3.sqlite_version}")
    path = kept / (name + _ENDING)
    with locked(kept / _LOCK, seconds=STEP_SECONDS + 60):
        use = hold(kept / f"{name}.{run}{_USED}")
        if use is None:
            raise OSError(f"`{kept}` does not keep new files")
        try:
            built = not path.exists()
            if built:
                _build(path, kept / f"{name}.{run}{_MAKING}", url, recipe, variables, environ)
            _prune(kept)
        except BaseException:
            use.remove()
            raise
    return FileTemplate(path, built, use)


def templates_in(kept: Path) -> dict[Path, bool]:
    """The templates in a folder, and whether a live run uses each."""
    used = _used_names(kept)
    return {path: path.stem in used for path in sorted(kept.glob(f"{_PREFIX}*{_ENDING}"))}


def prune_templates(kept: Path) -> tuple[Path, ...]:
    """Remove the templates that no live run uses, and what killed runs left of others."""
    if not kept.is_dir():
        return ()
    with locked(kept / _LOCK, seconds=STEP_SECONDS + 60):
        return _prune(kept)


def _prune(kept: Path) -> tuple[Path, ...]:
    for path in kept.glob(f"{_PREFIX}*{_USED}"):
        if not is_held(path):
            path.unlink(missing_ok=True)
    for folder in kept.glob(f"{_PREFIX}*{_MAKING}"):
        if not folder.with_suffix(_USED).exists():
            shutil.rmtree(folder, ignore_errors=True)
    unused = [path for path, used in templates_in(kept).items() if not used]
    for path in unused:
        path.unlink(missing_ok=True)
    return tuple(unused)


def _used_names(kept: Path) -> set[str]:
    return {
        path.name.partition(".")[0] for path in kept.glob(f"{_PREFIX}*{_USED}") if is_held(path)
    }


def _build(
    path: Path,
    aside: Path,
    url: DatabaseUrl,
    recipe: Recipe,
    variables: Collection[str],
    environ: Mapping[str, str],
) -> None:
    aside.mkdir()
    try:
        filled, snapshot = aside / "filled.db", aside / "snapshot.db"
        fill_database(recipe, leading_to(url, filled), variables, environ, load=_load)
        if not filled.exists():
            raise _failed(
                f"its steps wrote nothing into the file that `{next(iter(variables))}` names",
                "let its steps read the URL from that variable",
            )
        try:
            _take_snapshot(filled, snapshot)
        except TimeoutError:
            raise _failed("a process that its steps left behind keeps the file locked") from None
        except sqlite3.Error as error:
            raise _failed(f"what its steps made cannot be read: {error}") from None
        snapshot.rename(path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _take_snapshot(source: Path, target: Path) -> None:
    """Copy a database whole, also while a process that a step left behind still has it open."""
    with (
        closing(sqlite3.connect(source, timeout=0)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        back_up(reading, writing, seconds=_LOCKED_SECONDS)


def _load(url: DatabaseUrl, files: Sequence[Path]) -> None:
    with closing(sqlite3.connect(file_of(url), isolation_level=None)) as connection:
        # It is synchronised when the template is whole.
        connection.execute("PRAGMA synchronous = OFF")
        for path in files:
            try:
                connection.executescript(path.read_text(encoding="utf-8"))
            except (sqlite3.Error, ValueError) as error:
                raise _failed(f"`{path.name}` cannot be loaded: {error}") from None


def _failed(found: str, hint: str = "run its steps on an empty file") -> MoonpoolError:
    return MoonpoolError(
        f"the database template cannot be built: {found}",
        hint=f"{hint}; they are set in `[tool.moonpool.databases.template]`",
        slug="template-recipe",
        exit_code=ExitCode.DATABASE,
    )
