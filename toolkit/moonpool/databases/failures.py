"""What PostgreSQL's refusals mean to a person, each with the command that helps.

libpq's own sentences are shown only with the credentials taken out of them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from moonpool.databases.conninfo import connection_parameters
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from moonpool.databases.urls import DatabaseUrl

__all__ = ["explained", "failure"]

_SETTLE = "run it again when the server is less busy, or lower the number of workers"
_FEWER = "run with fewer workers (`-n 2`), or as a superuser run `{}`"
_WRITING = (
    "point the URL at the primary, or run `ALTER ROLE … RESET default_transaction_read_only`"
    " (`\\drds` in psql shows where it is set)"
)
_MORE = _FEWER.format("ALTER SYSTEM SET max_connections = 300") + " and start the server again"
# SQLSTATE -> (what happened, hint, slug); see PostgreSQL's appendix A.
_BY_STATE = {
    "42501": (
        "the role has no right to do that",
        "as a superuser run `ALTER ROLE … CREATEDB` for the role of the URL",
        "database-rights",
    ),
    "25006": (
        "the server is a read-only replica, or its sessions are set to read only",
        _WRITING,
        "database-rights",
    ),
    "53100": (
        "the server's disk is full",
        "run `moonpool databases clean`, or with fewer workers (`-n 2`)",
        "database-server",
    ),
    "53300": ("the server has no free connection", _MORE, "database-server"),
    "55006": ("the database is in use by others", _SETTLE, "database-busy"),
    "55P03": ("a lock was not free in time", _SETTLE, "database-busy"),
    "57014": ("the server did not finish in time", _SETTLE, "database-busy"),
}
# PostgreSQL gives no SQLSTATE for a refused connection, only its sentence, which is in English
# unless the server was told otherwise; an unknown sentence is shown as it is.
_BY_SENTENCE = {
    "password authentication failed": (
        "the server refused the password",
        "correct the user and password in the URL",
        "database-server",
    ),
    "no password supplied": (
        "the server wants a password and the URL has none",
        "write it into the URL, or into `~/.pgpass`",
        "database-server",
    ),
    'database "postgres" does not exist': (
        "the server has no database `postgres`, where moonpool keeps its locks",
        "run `createdb postgres` on it",
        "database-server",
    ),
    "too many connections for role": (
        "the role may have no further connection",
        _FEWER.format("ALTER ROLE … CONNECTION LIMIT -1"),
        "database-server",
    ),
    "too many connections for database": (
        "the database may have no further connection",
        _FEWER.format("ALTER DATABASE … CONNECTION LIMIT -1"),
        "database-server",
    ),
    "too many clients already": _BY_STATE["53300"],
    "remaining connection slots": _BY_STATE["53300"],
}


@contextmanager
def explained(url: DatabaseUrl, act: str) -> Iterator[None]:
    """Turn psycopg's errors into ours; ``act`` completes "cannot …", such as `connect to`."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise failure(error, url, act) from None


def failure(error: psycopg.Error, url: DatabaseUrl, act: str) -> MoonpoolError:
    """The error that a person sees for one of psycopg's."""
    sentence = str(error).strip()
    known = _BY_STATE.get(error.sqlstate or "") or next(
        (meaning for part, meaning in _BY_SENTENCE.items() if part in sentence), None
    )
    found, hint, slug = known or (
        _without_credentials(sentence, url),
        "start the server, or correct the URL",
        "database-server",
    )
    return MoonpoolError(
        f"cannot {act} `{url.masked}`: {found}",
        hint=hint,
        slug=slug,
        exit_code=ExitCode.DATABASE,
    )


def _without_credentials(sentence: str, url: DatabaseUrl) -> str:
    line = sentence.splitlines()[0] if sentence else "the server gave no reason"
    parameters = connection_parameters(url, "")
    for key in ("password", "sslpassword", "user"):
        # In quotes only for the user: `app` alone would also blot out other words.
        secret = parameters.get(key)
        if secret:
            line = line.replace(f'"{secret}"' if key == "user" else secret, "***")
    return line
