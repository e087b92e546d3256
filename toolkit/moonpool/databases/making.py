"""The statements that make, empty out and drop a database; who may do so is decided elsewhere."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg.sql import Identifier

    from moonpool.databases.connection import Connection

__all__ = ["ASIDE_PREFIX", "drop_database", "drop_template", "evict", "make"]

ASIDE_PREFIX = "moonpool_making_"
_FORCE_SINCE = 130000
_STRATEGY_SINCE = 150000
# A session ends within milliseconds of being told to; `DROP … WITH (FORCE)` looks only every 100.
_EVICTION_SECONDS = 2.0
_POLL_SECONDS = 0.001
# Autovacuum looks into a template that was just filled; PostgreSQL itself waits 5 s for it to go.
_CLONE_ATTEMPTS = 4
_EVICT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = %s AND pid <> pg_backend_pid()
"""
_CONNECTED = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"


def make(
    connection: Connection, name: str, comment: str, lock: int, template: str = "template0"
) -> None:
    """Make a database that appears under its name together with its comment.

    It is made aside, under a name that says whose lock it is, so that a killed run's can be told.
    """
    from psycopg.sql import SQL, Identifier, Literal

    pid = connection.info.backend_pid
    aside = Identifier(f"{ASIDE_PREFIX}{lock % 2**64:016x}_{pid}")
    _clone(connection, aside, template)
    try:
        with connection.transaction():
            connection.execute(SQL("COMMENT ON DATABASE {} IS {}").format(aside, Literal(comment)))
            connection.execute(
                SQL("ALTER DATABASE {} RENAME TO {}").format(aside, Identifier(name))
            )
    except BaseException:
        connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(aside))
        raise


def drop_database(connection: Connection, name: str) -> None:
    """Drop a database and end whoever is connected: a killed run's workers, a forgotten session."""
    from psycopg.sql import SQL, Identifier

    evict(connection, name)
    force = " WITH (FORCE)" if connection.info.server_version >= _FORCE_SINCE else ""
    connection.execute(SQL("DROP DATABASE {}" + force).format(Identifier(name)))


def drop_template(connection: Connection, name: str) -> None:
    """Drop a database that may have been closed to serve as a template."""
    from psycopg.sql import SQL, Identifier

    opened = SQL("ALTER DATABASE {} WITH IS_TEMPLATE false")
    connection.execute(opened.format(Identifier(name)))
    drop_database(connection, name)


def evict(connection: Connection, name: str) -> None:
    """End all sessions of a database and wait until they are gone, or for a moment at most."""
    from psycopg.errors import InsufficientPrivilege

    deadline = time.monotonic() + _EVICTION_SECONDS
    while connection.execute(_CONNECTED, (name,)).fetchone() and time.monotonic() < deadline:
        # A superuser's session may not be ended by others; the statement that follows will say so.
        with contextlib.suppress(InsufficientPrivilege):
            connection.execute(_EVICT, (name,))
        time.sleep(_POLL_SECONDS)


def _clone(connection: Connection, aside: Identifier, template: str) -> None:
    from psycopg.errors import ObjectInUse
    from psycopg.sql import SQL, Identifier

    strategy = _strategy(connection) if template != "template0" else ""
    making = SQL("CREATE DATABASE {} TEMPLATE {}" + strategy)
    statement = making.format(aside, Identifier(template))
    for attempt in range(_CLONE_ATTEMPTS):
        try:
            connection.execute(statement)
            return
        except ObjectInUse:
            if attempt == _CLONE_ATTEMPTS - 1:
                raise
            evict(connection, template)


def _strategy(connection: Connection) -> str:
    """Copying files forces checkpoints, which are cheap only where nothing is synchronised."""
    if connection.info.server_version < _STRATEGY_SINCE:
        return ""
    row = connection.execute("SHOW fsync").fetchone()
    return " STRATEGY FILE_COPY" if row == ("off",) else " STRATEGY WAL_LOG"
