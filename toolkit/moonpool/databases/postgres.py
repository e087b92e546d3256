"""Databases on a PostgreSQL server: made with our mark, listed, and dropped only by that mark.

A database appears under its name with its mark in one step: it is made aside, under a name that
says whose it is, then marked and renamed in one transaction. Whatever looks at a name and acts on
what it saw holds that name's advisory lock meanwhile.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.making import ASIDE_PREFIX, drop_database, make
from moonpool.databases.marks import Mark, advisory_key, parse_mark, render_mark
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.databases.connection import Connection

__all__ = [
    "MarkedDatabase",
    "create",
    "drop",
    "holders",
    "is_foreign",
    "list_databases",
    "mark_of",
    "owner_lives",
    "take_lock",
]

# The lock's key in hexadecimal and the making session's pid: who made it, should it be left over.
_ASIDE = re.compile(ASIDE_PREFIX + r"(?P<lock>[0-9a-f]{16})_\d+")
_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
_COMMENTS = """
    SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database
    WHERE NOT datistemplate ORDER BY datname
"""
# A 64-bit key is shown in two halves with objsubid 1 (PostgreSQL manual, view pg_locks). Looking
# disturbs nobody, while trying the lock would make it look held to whoever looks next.
_HOLDERS = """
    SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = %s AND objid::bigint = %s
"""


@dataclass(frozen=True)
class MarkedDatabase:
    """A database that carries our mark, or was left half-made (``mark`` is None then)."""

    name: str
    mark: Mark | None
    lives: bool
    """Whether the run that made it still holds its lock."""


def take_lock(connection: Connection, key: int) -> bool:
    """Take an advisory lock for the life of this connection; whether it was free."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
    return row is not None and bool(row[0])


def holders(connection: Connection, key: int) -> set[int]:
    """The server processes that hold an advisory lock."""
    unsigned = key % 2**64
    rows = connection.execute(_HOLDERS, (unsigned >> 32, unsigned & 0xFFFFFFFF)).fetchall()
    return {int(pid) for (pid,) in rows}


def owner_lives(connection: Connection, mark: Mark) -> bool:
    """Whether the run that left a mark still holds its lock; once free it is free for ever."""
    return bool(holders(connection, mark.lock))


def list_databases(connection: Connection) -> tuple[MarkedDatabase, ...]:
    """All databases of ours on the server, whoever's run made them."""
    rows = connection.execute(_COMMENTS).fetchall()
    found = (_marked(connection, str(name), comment) for name, comment in rows)
    return tuple(database for database in found if database)


def _marked(connection: Connection, name: str, comment: str | None) -> MarkedDatabase | None:
    mark = parse_mark(comment)
    if mark is not None:
        return MarkedDatabase(name, mark, owner_lives(connection, mark))
    aside = _ASIDE.fullmatch(name)
    if aside is not None and comment is None:
        return MarkedDatabase(name, None, bool(holders(connection, int(aside["lock"], 16))))
    return None


def create(
    connection: Connection,
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
    with _name_locked(connection, name):
        if _exists(connection, name):
            found = mark_of(connection, name)
            if found is not None and found.run == mark.run:
                return False
            if found is None and users_own:
                return False
            _refuse_foreign(connection, name, found)
            drop_database(connection, name)
        # template0, because template1 cannot be cloned while anybody is connected to it.
        make(connection, name, render_mark(mark), mark.lock, template or "template0")
    return True


def drop(connection: Connection, database: MarkedDatabase) -> bool:
    """Drop a database if it still carries the mark that was seen; whether it was dropped."""
    with _name_locked(connection, database.name):
        if not _exists(connection, database.name):
            return False
        if mark_of(connection, database.name) != database.mark:
            return False
        drop_database(connection, database.name)
    return True


def _exists(connection: Connection, name: str) -> bool:
    return connection.execute(_COMMENT, (name,)).fetchone() is not None


def mark_of(connection: Connection, name: str) -> Mark | None:
    """The mark of a database, or None when it has none of ours or does not exist."""
    row = connection.execute(_COMMENT, (name,)).fetchone()
    return parse_mark(row[0]) if row else None


def is_foreign(connection: Connection, name: str) -> bool:
    """Whether there is a database of this name that does not carry our mark."""
    return _exists(connection, name) and mark_of(connection, name) is None


def _refuse_foreign(connection: Connection, name: str, mark: Mark | None) -> None:
    if mark is None:
        raise MoonpoolError(
            f"database `{name}` exists and was not made by moonpool, so it is not replaced",
            hint="drop it yourself if nobody needs it, or set `MOONPOOL_NAMESPACE` to another word",
            slug="database-not-ours",
            exit_code=ExitCode.DATABASE,
        )
    if owner_lives(connection, mark):
        raise MoonpoolError(
            f"database `{name}` is in use by a run of `{mark.project}` in `{mark.checkout}`",
            hint="wait for that run, or set `MOONPOOL_NAMESPACE` to another word",
            slug="database-busy",
            exit_code=ExitCode.DATABASE,
        )


@contextmanager
def _name_locked(connection: Connection, name: str) -> Iterator[None]:
    key = advisory_key("name", name)
    connection.execute("SELECT pg_advisory_lock(%s)", (key,))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
