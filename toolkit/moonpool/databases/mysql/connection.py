"""Our own connections to MySQL and MariaDB: autocommit, never waiting for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.databases.mysql.failures import code_of, explained
from moonpool.databases.mysql.options import connection_options
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Session", "connect", "quoted"]

_CONNECT_SECONDS = 10
_ANSWER_SECONDS = 90
# The longest idle time that every platform takes: the owner's session holds the run's lock.
_IDLE_SECONDS = 2147483
_LOCK_SECONDS = 30
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))
_TLS_REQUIRED = 3159
# Encrypted, without a certificate to compare.
_AS_THE_SERVERS_OWN_CLIENT = {"check_hostname": False}
_LIMITS = (
    f"SET SESSION wait_timeout = {_IDLE_SECONDS}, lock_wait_timeout = {_LOCK_SECONDS},"
    f" innodb_lock_wait_timeout = {_LOCK_SECONDS}"
)


class Session:
    """One connection of ours, and its number on the server."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.number = int(connection.thread_id())
        self.done = 0
        """How many statements of the last message the server has carried out."""
        self.version = str(connection.server_version)
        user = connection.user
        self.user = user.decode() if isinstance(user, bytes) else str(user)

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement, or several at once; the rows of the last one that has any."""
        rows: Sequence[tuple[Any, ...]] = ()
        self.done = 0
        with self._connection.cursor() as cursor:
            # Without values `%` is an ordinary character.
            cursor.execute(statement, values or None)
            more = True
            while more:
                self.done += 1
                rows = cursor.fetchall() if cursor.description else rows
                more = cursor.nextset()
        return list(rows)

    def described(self, statement: str) -> dict[str, Any]:
        """The first row of one statement, by the names of its columns."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            names = [column[0] for column in cursor.description]
            return dict(zip(names, cursor.fetchone(), strict=True))

    def literal(self, text: str) -> str:
        """A text as a literal, for statements whose names may hold a `%`."""
        return str(self._connection.escape(text))

    @property
    def closed(self) -> bool:
        return not self._connection.open

    def close(self) -> None:
        """Let go of the server; nothing when it has let go of us."""
        if self._connection.open:
            self._connection.close()


def connect(
    url: DatabaseUrl, database: str | None = None, *, answer_seconds: int = _ANSWER_SECONDS
) -> Session:
    """Open a connection of our own to the server of a URL; the caller closes it.

    Raises MoonpoolError when PyMySQL is missing or the server refuses.
    """
    _require_pymysql()
    import pymysql
    from pymysql.constants import CLIENT

    options = {
        **connection_options(url),
        "database": database,
        "connect_timeout": _CONNECT_SECONDS,
        "read_timeout": answer_seconds,
        "write_timeout": answer_seconds,
        "charset": "utf8mb4",
        "autocommit": True,
        "program_name": "moonpool",
        "client_flag": CLIENT.MULTI_STATEMENTS,
        "init_command": _LIMITS,
    }
    with explained(url, "connect to"):
        try:
            return Session(pymysql.connect(**_in_the_clear(options)))
        except (RuntimeError, pymysql.Error) as error:
            # MySQL 8 wants a new password encrypted, for which PyMySQL needs `cryptography` or TLS.
            if isinstance(error, pymysql.Error) and code_of(error) != _TLS_REQUIRED:
                raise
            return Session(pymysql.connect(**options, ssl=_AS_THE_SERVERS_OWN_CLIENT))


def _in_the_clear(options: dict[str, Any]) -> dict[str, Any]:
    """No TLS within the machine, unless it is asked for: it costs 50 ms for every connection."""
    local = "unix_socket" in options or options["host"] in _LOCAL
    asked = any(key.startswith("ssl") for key in options)
    return {**options, "ssl_disabled": True} if local and not asked else options


def quoted(name: str) -> str:
    """A name as an identifier."""
    return "`" + name.replace("`", "``") + "`"


def _require_pymysql() -> None:
    try:
        import pymysql  # noqa: F401
    except ImportError as error:
        raise MoonpoolError(
            f"MySQL and MariaDB databases need PyMySQL, which cannot be imported: {error}",
            hint='run `pip install "moonpool[mysql]"`',
            slug="pymysql-missing",
            exit_code=ExitCode.DATABASE,
        ) from None
