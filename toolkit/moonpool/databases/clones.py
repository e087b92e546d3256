"""Puts a fresh clone of the template in the place of a database, for tests that change the schema.

The next clone can be made in the background. Connections to the old database end; SQLAlchemy's
pools are told, so that they open new ones instead of failing once.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

from moonpool.databases.connection import connect
from moonpool.databases.failures import explained
from moonpool.databases.making import drop_database, make
from moonpool.databases.marks import Mark, render_mark
from moonpool.databases.pools import forget_connections

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Clones"]


class Clones:
    """Fresh clones for one database of ours."""

    def __init__(self, url: DatabaseUrl, mark: Mark, template: str) -> None:
        self._url = url
        self._mark = mark
        self._template = template
        self._numbers = count(1)
        self._threads = ThreadPoolExecutor(1, "moonpool-clones")
        self._connection = connect(url)
        self._next: Future[str] | None = None

    def prepare(self) -> None:
        """Begin to make the next clone in the background, unless that was done already."""
        if self._next is None:
            self._next = self._threads.submit(self._make)

    def replace(self) -> None:
        """Put a fresh clone in the database's place; whoever is connected to the old one is ended.

        Raises MoonpoolError when the server refuses.
        """
        from psycopg.sql import SQL, Identifier

        self.prepare()
        assert self._next is not None
        spare, self._next = self._next.result(), None
        with explained(self._url, f"replace database `{self._url.name}` on"):
            drop_database(self._connection, self._url.name)
            renaming = SQL("ALTER DATABASE {} RENAME TO {}")
            self._connection.execute(renaming.format(Identifier(spare), Identifier(self._url.name)))
        forget_connections()

    def close(self) -> None:
        """Let go of the server; a clone that nobody took goes with the run's other databases."""
        self._threads.shutdown()
        self._connection.close()

    def _make(self) -> str:
        name = f"moonpool_spare_{self._mark.lock % 2**64:016x}_{self._pid}_{next(self._numbers)}"
        with (
            closing(connect(self._url)) as connection,
            explained(self._url, f"clone `{self._template}` on"),
        ):
            make(connection, name, render_mark(self._mark), self._mark.lock, self._template)
        return name

    @property
    def _pid(self) -> int:
        return self._connection.info.backend_pid
