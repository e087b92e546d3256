"""A run's hold on one server: a connection whose lock says that the run lives, and what it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.lifecycle import MarkedDatabase, drop, list_databases
from moonpool.databases.links import open_link
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from moonpool.databases.link import Link
    from moonpool.databases.marks import Mark
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Owner", "own_server"]


@dataclass(frozen=True)
class Owner:
    """One run on one server."""

    link: Link
    mark: Mark

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
            self.link.close()

    def _drop_each(self, chosen: Callable[[MarkedDatabase], bool]) -> tuple[str, ...]:
        try:
            with self.link.explained("list the databases on"):
                found = list_databases(self.link)
        except MoonpoolError as error:
            return (f"{error.message}; later run `moonpool databases clean`",)
        notes = (self._dropped(database) for database in found if chosen(database))
        return tuple(note for note in notes if note)

    def _dropped(self, database: MarkedDatabase) -> str | None:
        try:
            with self.link.explained(f"drop database `{database.name}` on"):
                drop(self.link, database)
        except MoonpoolError as error:
            return f"{error.message}; later run `moonpool databases clean`"
        return None


def own_server(url: DatabaseUrl, mark: Mark, *, own_sessions: Collection[int] = ()) -> Owner:
    """Connect to the server of a URL and take the lock that the mark names.

    ``own_sessions`` are this run's other connections, of which one may hold it when two URLs lead
    to one server. Raises MoonpoolError when the server refuses, or when another process holds the
    lock.
    """
    link = open_link(url)
    try:
        with link.explained("take the run's lock on"):
            taken = link.take_lock(mark.lock) or bool(link.holders(mark.lock) & set(own_sessions))
        if not taken:
            raise MoonpoolError(
                f"another process holds the lock of run `{mark.run}`",
                hint="run it again",
                slug="database-busy",
                exit_code=ExitCode.DATABASE,
            )
    except BaseException:
        link.close()
        raise
    return Owner(link, mark)
