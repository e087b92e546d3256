"""Databases on a server: made with our mark, listed, and dropped only by that mark.

Whatever looks at a name and acts on what it saw holds that name's lock meanwhile.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.marks import Mark, advisory_key
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.databases.link import Link

__all__ = ["MarkedDatabase", "create", "drop", "is_foreign", "list_databases", "owner_lives"]


@dataclass(frozen=True)
class MarkedDatabase:
    """A database that carries our mark, or was left half-made (``mark`` is None then)."""

    name: str
    mark: Mark | None
    lives: bool
    """Whether the run that made it still holds its lock."""


def owner_lives(link: Link, mark: Mark) -> bool:
    """Whether the run that left a mark still holds its lock; once free it is free for ever."""
    return bool(link.holders(mark.lock))


def list_databases(link: Link) -> tuple[MarkedDatabase, ...]:
    """All databases of ours on the server, whoever's run made them."""
    return tuple(
        MarkedDatabase(name, mark, bool(link.holders(lock)))
        for name, mark, lock in link.list_marked()
    )


def create(
    link: Link,
    name: str,
    mark: Mark,
    *,
    users_own: bool = False,
    template: str | None = None,
) -> bool:
    """Make an empty database or a clone unless this run has made it; whether it was made now.

    What a dead run left under the name is replaced. A database without our mark is left alone:
    accepted when it is the user's own, an error otherwise, as is one of another live run.
    """
    with _name_locked(link, name):
        if link.exists(name):
            found = link.mark_of(name)
            ours = found is not None and found.run == mark.run
            if ours and link.is_whole(name):
                return False
            if found is None and users_own:
                return False
            if not ours:
                _refuse_foreign(link, name, found)
            link.remove(name)
        link.make(name, mark, template)
    return True


def drop(link: Link, database: MarkedDatabase) -> bool:
    """Drop a database if it still carries the mark that was seen; whether it was dropped."""
    with _name_locked(link, database.name):
        if not link.exists(database.name):
            return False
        if link.mark_of(database.name) != database.mark:
            return False
        link.remove(database.name)
    return True


def is_foreign(link: Link, name: str) -> bool:
    """Whether there is a database of this name that does not carry our mark."""
    return link.exists(name) and link.mark_of(name) is None


def _refuse_foreign(link: Link, name: str, mark: Mark | None) -> None:
    if mark is None:
        raise MoonpoolError(
            f"database `{name}` exists and was not made by moonpool, so it is not replaced",
            hint="drop it yourself if nobody needs it, or set `MOONPOOL_NAMESPACE` to another word",
            slug="database-not-ours",
            exit_code=ExitCode.DATABASE,
        )
    if owner_lives(link, mark):
        raise MoonpoolError(
            f"database `{name}` is in use by a run of `{mark.project}` in `{mark.checkout}`",
            hint="wait for that run, or set `MOONPOOL_NAMESPACE` to another word",
            slug="database-busy",
            exit_code=ExitCode.DATABASE,
        )


@contextmanager
def _name_locked(link: Link, name: str) -> Iterator[None]:
    key = advisory_key("name", name)
    link.await_lock(key)
    try:
        yield
    finally:
        link.release_lock(key)
