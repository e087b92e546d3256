"""The clean state of one worker's database, by whichever strategy a test asks for.

`dirty` deletes the rows that were written, `clone` puts a fresh clone in place; a schema that a
test has changed is answered with a fresh clone under `dirty` too.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from moonpool.databases.clones import Clones
from moonpool.databases.dirty import DirtyRows
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases.marks import Mark
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["CLONE", "DIRTY", "NONE", "SAVEPOINT", "Cleaner", "PostgresCleaner"]

DIRTY, SAVEPOINT, CLONE, NONE = "dirty", "savepoint", "clone", "none"


class Cleaner(Protocol):
    """What every kind of database can do."""

    def begin(self, strategy: str, *, stale: bool) -> None:
        """Prepare for a test; ``stale`` says that the clean state is the one of this moment."""

    def clean(self, strategy: str) -> tuple[str, ...]:
        """Bring the clean state back; what to tell the user."""

    def close(self) -> None:
        """Let go of the database."""


class PostgresCleaner:
    """One database on a PostgreSQL server, connected to when it is first used."""

    def __init__(self, url: DatabaseUrl, mark: Mark, template: str | None) -> None:
        self._url = url
        self._mark = mark
        self._template = template
        self._rows: DirtyRows | None = None
        self._clones: Clones | None = None

    def begin(self, strategy: str, *, stale: bool) -> None:
        """Remember rows and schema, or have a clone made; raises MoonpoolError without a server."""
        if strategy == CLONE:
            self._fresh().prepare()
        elif strategy == DIRTY and (stale or self._rows is None):
            self._keep()

    def clean(self, strategy: str) -> tuple[str, ...]:
        """Delete, or replace the whole; raises MoonpoolError when the server refuses."""
        if strategy == CLONE:
            self._replace()
            return ()
        assert self._rows is not None
        try:
            found = self._rows.reset()
        except MoonpoolError:
            # Rows that only a more powerful role could restore, or our session was ended: the
            # template holds everything that a clean database has to.
            if self._template is None:
                raise
            self._replace()
            return ()
        return (*found.notes, *(self._changed_schema() if found.schema_changed else ()))

    def close(self) -> None:
        """Let go of the server."""
        for each in (self._rows, self._clones):
            if each is not None:
                with suppress(MoonpoolError):
                    each.close()

    def _changed_schema(self) -> tuple[str, ...]:
        if self._template is not None:
            self._replace()
            return ()
        # From here on the new schema is the clean one: without a template nothing else is known.
        self._keep()
        note = f"the schema of `{self._url.name}` was changed and stays so"
        return (f"{note}: `[tool.moonpool.databases.template]` would let it be brought back",)

    def _keep(self) -> None:
        if self._rows is None:
            self._rows = DirtyRows.watch(self._url)
        self._rows.keep()

    def _replace(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = None
        self._fresh().replace()

    def _fresh(self) -> Clones:
        if self._template is None:
            raise MoonpoolError(
                "a fresh clone needs a template to be cloned from",
                hint="say how the schema is made in `[tool.moonpool.databases.template]`",
                slug="template-recipe",
                exit_code=ExitCode.DATABASE,
            )
        if self._clones is None:
            self._clones = Clones(self._url, self._mark, self._template)
        return self._clones
