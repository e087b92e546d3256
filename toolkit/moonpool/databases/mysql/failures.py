"""What MySQL's and MariaDB's refusals mean to a person, each with the command that helps.

The server's own sentences are shown only with the credentials taken out of them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from moonpool.databases.mysql.options import connection_options
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.databases.urls import DatabaseUrl

__all__ = ["code_of", "explained"]

_SETTLE = "run it again when the server is less busy, or lower the number of workers"
_GRANT = (
    "as an administrator run `GRANT ALL ON `{pattern}`.* TO …` for the user of the URL: moonpool's"
    " databases begin with that name"
)
_REFUSED = (
    "the server refused the user or the password",
    "correct the user and password in the URL",
    "database-server",
)
_RIGHTS = ("the user has no right to do that", _GRANT, "database-rights")
_FEWER = "run with fewer workers (`-n 2`), or as an administrator run `{}`"
_FULL = (
    "the server has no free connection",
    _FEWER.format("SET GLOBAL max_connections = 300"),
    "database-server",
)
_USERS_FULL = (
    "the user may have no further connection",
    _FEWER.format("ALTER USER … WITH MAX_USER_CONNECTIONS 0"),
    "database-server",
)
_NO_SPACE = (
    "the server's disk is full",
    "run `moonpool databases clean`, or with fewer workers (`-n 2`)",
    "database-server",
)
_READ_ONLY = (
    "the server is a read-only replica, or its sessions are set to read only",
    "point the URL at the primary, or as an administrator run `SET GLOBAL read_only = OFF`",
    "database-rights",
)
_LOCKED = ("a lock was not free in time", _SETTLE, "database-busy")
_LOST = ("the server ended the connection, or did not answer in time", _SETTLE, "database-busy")
# Error number -> (what happened, hint, slug); see the servers' "Error Reference".
_BY_CODE = {
    1021: _NO_SPACE,
    1040: _FULL,
    1044: _RIGHTS,
    1045: _REFUSED,
    1114: _NO_SPACE,
    1142: _RIGHTS,
    1205: _LOCKED,
    1203: _USERS_FULL,
    1213: _LOCKED,
    1226: _USERS_FULL,
    1227: _RIGHTS,
    1290: _READ_ONLY,
    1370: _RIGHTS,
    1698: _REFUSED,
    1792: _READ_ONLY,
    1836: _READ_ONLY,
    2006: _LOST,
    2013: _LOST,
}


@contextmanager
def explained(url: DatabaseUrl, act: str) -> Iterator[None]:
    """Turn PyMySQL's errors into ours; ``act`` completes "cannot …", such as `connect to`."""
    import pymysql

    try:
        yield
    except pymysql.Error as error:
        raise _failure(error, url, act) from None


def code_of(error: Exception) -> int:
    """The server's error number; 0 when there is none."""
    code = error.args[0] if error.args else 0
    return code if isinstance(code, int) else 0


def _failure(error: Exception, url: DatabaseUrl, act: str) -> MoonpoolError:
    sentence = str(error.args[-1]) if error.args else ""
    found, hint, slug = _BY_CODE.get(code_of(error)) or (
        _without_credentials(sentence, url),
        "start the server, or correct the URL",
        "database-server",
    )
    return MoonpoolError(
        f"cannot {act} `{url.masked}`: {found}",
        hint=hint.replace("{pattern}", url.name.replace("_", "\\_") + "%"),
        slug=slug,
        exit_code=ExitCode.DATABASE,
    )


def _without_credentials(sentence: str, url: DatabaseUrl) -> str:
    line = sentence.splitlines()[0] if sentence else "the server gave no reason"
    options = connection_options(url)
    for key in ("password", "ssl_key_password"):
        if options.get(key):
            line = line.replace(options[key], "***")
    user = options.get("user")
    # In quotes only: `app` alone would also blot out other words.
    return line.replace(f"'{user}'", "'***'") if user else line
