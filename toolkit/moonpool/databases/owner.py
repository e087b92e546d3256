"""A run's hold on one server: a connection whose lock says that the run lives, and what it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.connection import connect
from moonpool.databases.failures import explained
from moonpool.databases.postgres import MarkedDatabase, drop, holders, list_databases, take_lock
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from moonpool.databases.connection import Connection
    from moonpool.databases.marks import Mark
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Owner", "own_server"]


@dataclass(frozen=True)
class Owner:
    """One run on one server."""

    url: DatabaseUrl
    mark: Mark
    connection: Connection

    def drop_leftovers(self) -> tuple[str, ...]:
        """Drop what dead runs of this project and checkout left; what could not be, as notes."""
        return self._drop_each(
            lambda found: (
                not found.lives
                and found.mark is not None
                and found.mark.project == self.mark.project
                and found.mark.checkout == self.mark.checkout
            )
        )

    def release(self) -> tuple[str, ...]:
        """Drop what this run made and let go of its lock; what could not be, as notes."""
        try:
            return self._drop_each(
                lambda found: found.mark is not None and found.mark.run == self.mark.run
            )
        finally:
            self.connection.close()

    def _drop_each(self, chosen: Callable[[MarkedDatabase], bool]) -> tuple[str, ...]:
        try:
            with explained(self.url, "list the databases on"):
                found = list_databases(self.connection)
        except MoonpoolError as error:
            return (f"{error.message}; later run `moonpool databases clean`",)
        notes = (self._dropped(database) for database in found if chosen(database))
        return tuple(note for note in notes if note)

    def _dropped(self, database: MarkedDatabase) -> str | None:
        try:
            with explained(self.url, f"drop database `{database.name}` on"):
                drop(self.connection, database)
        except MoonpoolError as error:
            return f"{error.message}; later run `moonpool databases clean`"
        return None


def own_server(url: DatabaseUrl, mark: Mark, *, own_pids: Collection[int] = ()) -> Owner:
    """Connect to the server of a URL and take the lock that the mark names.

    ``own_pids`` are server processes of this run's other connections, of which one may hold it
    when two URLs lead to one server. Raises MoonpoolError when the server refuses, or when another
    process holds the lock.
    """
    connection = connect(url)
    try:
        with explained(url, "take the run's lock on"):
            taken = take_lock(connection, mark.lock) or bool(
                holders(connection, mark.lock) & set(own_pids)
            )
        if not taken:
            raise MoonpoolError(
                f"another process holds the lock of run `{mark.run}`",
                hint="run it again",
                slug="database-busy",
                exit_code=ExitCode.DATABASE,
            )
    except BaseException:
        connection.close()
        raise
    return Owner(url, mark, connection)
