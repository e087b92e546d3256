"""Brings one PostgreSQL database back to the rows it held, whoever wrote the others and how.

Works over our own synchronous connection, never through the user's engine: an engine may belong to
an event loop that is gone. Whoever still has rows to commit or holds a lock on a dirty one is
named and ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.connection import connect
from moonpool.databases.dirty_sql import KEEP, RESET, SETUP
from moonpool.databases.failures import explained

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from moonpool.databases.connection import Connection
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Cleaned", "DirtyRows"]

# Deleted rows stay in their pages until vacuum; looking at them is cheaper than vacuum every time.
_RESETS_PER_VACUUM = 20
# Those that wrote since the clean state was kept, and only where there are none all others.
_BLOCKERS = """
    WITH open AS (
        SELECT *, backend_xid IS NOT NULL AND xact_start >= %s AS wrote FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
          AND backend_type = 'client backend'
    )
    SELECT pid, application_name, state, extract(epoch FROM now() - xact_start)::int, query
    FROM open WHERE wrote OR NOT (SELECT bool_or(wrote) FROM open)
"""
# First those that wrote, then those that only hold locks.
_ENDINGS = 2
_SHOWN_LETTERS = 120


@dataclass(frozen=True)
class Cleaned:
    """What one reset found."""

    tables: tuple[str, ...]
    schema_changed: bool
    notes: tuple[str, ...] = ()


class DirtyRows:
    """One database's rows as they were when `keep` was called last."""

    def __init__(self, url: DatabaseUrl, connection: Connection, privileged: bool) -> None:
        self._url = url
        self._connection = connection
        self._privileged = privileged
        self._schema = ""
        self._kept_at: datetime | None = None
        self._resets = 0

    @classmethod
    def watch(cls, url: DatabaseUrl) -> Self:
        """Connect to the database of a URL; raises MoonpoolError when the server refuses."""
        connection = connect(url, url.name)
        with explained(url, "watch the rows of"):
            connection.execute(SETUP)
        return cls(url, connection, _may_skip_triggers(connection))

    def keep(self) -> None:
        """Take the rows and sequences of this moment for the clean state."""
        with explained(self._url, "remember the rows of"):
            row = self._connection.execute(KEEP).fetchone()
        assert row is not None
        self._schema, self._kept_at = row

    def reset(self) -> Cleaned:
        """Delete what was written since, restore what was changed, and set sequences back.

        Raises MoonpoolError when the server refuses; whoever was in the way has been ended then.
        """
        from psycopg.errors import DeadlockDetected, LockNotAvailable

        notes: tuple[str, ...] = ()
        with explained(self._url, "clean the rows of"):
            for _ in range(_ENDINGS):
                try:
                    return self._reset(notes)
                except (LockNotAvailable, DeadlockDetected):
                    notes += self._end_blockers()
            return self._reset(notes)

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def _reset(self, notes: tuple[str, ...]) -> Cleaned:
        row = self._connection.execute(RESET, (self._privileged, self._kept_at)).fetchone()
        assert row is not None
        schema, cleaned, bloated = row
        self._resets += 1
        if bloated and self._resets % _RESETS_PER_VACUUM == 0:
            self._connection.execute(f"VACUUM (SKIP_LOCKED) {', '.join(bloated)}".encode())
        return Cleaned(tuple(cleaned), schema != self._schema, notes)

    def _end_blockers(self) -> tuple[str, ...]:
        rows = self._connection.execute(_BLOCKERS, (self._kept_at,)).fetchall()
        for pid, *_ in rows:
            self._connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        return tuple(_described(self._url.name, *row) for row in rows)


def _described(
    database: str, pid: int, application: str, state: str, seconds: int, query: str
) -> str:
    words = " ".join(query.split())[:_SHOWN_LETTERS]
    name = f" of `{application}`" if application else ""
    return (
        f"a session{name} (pid {pid}) left a transaction open in `{database}` after the test and "
        f"was ended: {state} for {seconds} s, last statement `{words}`"
    )


def _may_skip_triggers(connection: Connection) -> bool:
    """Whether foreign keys and triggers can be left out, which is ten times as fast."""
    from psycopg.errors import InsufficientPrivilege

    try:
        connection.execute("SET session_replication_role = replica")
    except InsufficientPrivilege:
        return False
    return True
