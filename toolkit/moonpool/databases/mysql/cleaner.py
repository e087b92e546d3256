"""The clean state of one worker's database on a MySQL or MariaDB server.

A database keeps its name and its connections whatever happens: a fresh copy of the template is put
into it, not in its place, since no server can rename one.
"""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING

from moonpool.databases.cleaner import CLONE, DIRTY
from moonpool.databases.mysql.blockers import IMPATIENT, past_blockers
from moonpool.databases.mysql.connection import connect
from moonpool.databases.mysql.copying import copy_database, empty_out
from moonpool.databases.mysql.failures import explained
from moonpool.databases.mysql.rows import Rows
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["MysqlCleaner"]


class MysqlCleaner:
    """One database, connected to when it is first used."""

    def __init__(self, url: DatabaseUrl, template: str | None) -> None:
        self._url = url
        self._template = template
        self._rows: Rows | None = None
        self._notes: tuple[str, ...] = ()

    def begin(self, strategy: str, *, stale: bool) -> None:
        """Remember rows and schema; raises MoonpoolError without a server or a template."""
        if strategy == CLONE and self._template is None:
            raise MoonpoolError(
                "a fresh clone needs a template to be cloned from",
                hint="say how the schema is made in `[tool.moonpool.databases.template]`",
                slug="template-recipe",
                exit_code=ExitCode.DATABASE,
            )
        if strategy == DIRTY and (stale or self._rows is None):
            self._notes = self._keep()

    def clean(self, strategy: str) -> tuple[str, ...]:
        """Delete, or replace the whole; raises MoonpoolError when the server refuses."""
        before, self._notes = self._notes, ()
        if strategy == CLONE and self._template is not None:
            return (*before, *self._replace(self._template))
        assert self._rows is not None
        try:
            found = self._rows.reset()
        except MoonpoolError:
            # Our session was ended, and the copies of rows with it.
            if self._template is None:
                raise
            return (*before, *self._replace(self._template))
        changed = self._changed_schema() if found.schema_changed else ()
        return (*before, *found.notes, *changed)

    def close(self) -> None:
        """Let go of the server."""
        if self._rows is not None:
            with suppress(MoonpoolError):
                self._rows.close()
            self._rows = None

    def _changed_schema(self) -> tuple[str, ...]:
        if self._template is not None:
            return self._replace(self._template)
        # From here on the new schema is the clean one: without a template nothing else is known.
        notes = self._keep()
        note = f"the schema of `{self._url.name}` was changed and stays so"
        return (
            *notes,
            f"{note}: `[tool.moonpool.databases.template]` would let it be brought back",
        )

    def _keep(self) -> tuple[str, ...]:
        if self._rows is None:
            self._rows = Rows.watch(self._url)
        return self._rows.keep()

    def _replace(self, template: str) -> tuple[str, ...]:
        self.close()
        name = self._url.name
        with (
            closing(connect(self._url)) as session,
            explained(self._url, f"replace what is in `{name}` on"),
        ):
            session.execute(IMPATIENT)
            notes = past_blockers(session, name, lambda: empty_out(session, name))
            copy_database(session, template, name)
        return notes
