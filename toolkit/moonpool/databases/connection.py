"""Our own connections: autocommit, to database ``postgres`` by default, never waiting for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from moonpool.databases.conninfo import connection_parameters
from moonpool.databases.failures import explained
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    import psycopg

    from moonpool.databases.urls import DatabaseUrl

    Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

__all__ = ["MAINTENANCE_DATABASE", "connect"]

# Advisory locks belong to one database, so everybody must take them on the same one; this one is
# made by initdb, and unlike template1 nobody clones it.
MAINTENANCE_DATABASE = "postgres"
_CONNECT_SECONDS = 10
# The owner's connection is idle for the whole run and must outlive a firewall's patience.
_KEEPALIVE_IDLE_SECONDS = 30
_LIMITS = {
    # Another run holds a name's lock for one CREATE or DROP DATABASE: seconds on a slow disk.
    "lock_timeout": "30s",
    "statement_timeout": "60s",
}
# The setting that ends idle sessions came with version 14; ours holds the ownership lock.
_IDLE_TIMEOUT_SINCE = 140000


def connect(url: DatabaseUrl, database: str = MAINTENANCE_DATABASE) -> Connection:
    """Open a connection of our own to the server of a URL; the caller closes it.

    Raises MoonpoolError when psycopg is missing or the server refuses.
    """
    _require_psycopg()
    import psycopg

    parameters: dict[str, Any] = dict(connection_parameters(url, database))
    with explained(url, "connect to"):
        connection = psycopg.connect(
            **parameters,
            connect_timeout=_CONNECT_SECONDS,
            keepalives_idle=_KEEPALIVE_IDLE_SECONDS,
            application_name="moonpool",
            client_encoding="utf8",
            autocommit=True,
        )
        _set_limits(connection)
    return connection


def _set_limits(connection: Connection) -> None:
    # By statement, not as start-up options: a pooler such as PgBouncer refuses those.
    limits = dict(_LIMITS)
    if connection.info.server_version >= _IDLE_TIMEOUT_SINCE:
        limits["idle_session_timeout"] = "0"
    for name, value in limits.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))


def _require_psycopg() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise MoonpoolError(
            f"PostgreSQL databases need psycopg 3, which cannot be imported: {error}",
            hint='run `pip install "moonpool[postgres]"`',
            slug="psycopg-missing",
            exit_code=ExitCode.DATABASE,
        ) from None
