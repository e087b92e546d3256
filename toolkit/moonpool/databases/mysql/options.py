"""What PyMySQL needs to reach the server of a URL, taken from whichever driver's dialect it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moonpool.databases.urls import DatabaseUrl

__all__ = ["connection_options", "driver_query", "verifies_server"]

_PORT = 3306
# Query keys that mean the same to PyMySQL; other drivers add their own, which it would refuse.
_TEXT_KEYS = frozenset(
    (
        "unix_socket",
        "read_default_file",
        "read_default_group",
        "ssl_ca",
        "ssl_cert",
        "ssl_key",
        "ssl_key_password",
    )
)
_SWITCHES = frozenset(("ssl_disabled", "ssl_verify_cert", "ssl_verify_identity"))
_ON = frozenset(("1", "true", "yes", "on"))
# libmysqlclient takes `localhost` for the local socket, whose place is fixed when it is built.
_SOCKET_DRIVERS = frozenset(("mysql", "mysql+mysqldb", "mariadb", "mariadb+mysqldb"))
_SOCKETS = ("run/mysqld/mysqld.sock", "var/lib/mysql/mysql.sock", "tmp/mysql.sock")


def connection_options(url: DatabaseUrl, *, root: Path = Path("/")) -> dict[str, Any]:
    """PyMySQL's arguments for the URL's server, without a database; may hold a password."""
    credentials, _, place = url.authority.rpartition("@")
    user, _, password = credentials.partition(":")
    host, port = _place(place)
    options: dict[str, Any] = {
        "user": unquote(user) or None,
        "password": unquote(password),
        "host": unquote(host) or "localhost",
        "port": int(port or _PORT),
        **driver_query(url),
    }
    if url.scheme in _SOCKET_DRIVERS and host in ("", "localhost") and not port:
        options.setdefault("unix_socket", _local_socket(root))
    return {key: value for key, value in options.items() if value is not None}


def driver_query(url: DatabaseUrl) -> dict[str, Any]:
    """The part of a URL's query that PyMySQL understands."""
    pairs = _pairs(url)
    texts = {key: value for key, value in pairs if key in _TEXT_KEYS and value}
    switches = {key: value.lower() in _ON for key, value in pairs if key in _SWITCHES}
    return {**texts, **switches}


def verifies_server(url: DatabaseUrl) -> str | None:
    """The word in the URL that asks for proof of who the server is, as production's do."""
    for key, value in _pairs(url):
        word = f"{key}={value}"
        if key in ("ssl_mode", "ssl-mode", "sslmode") and value.upper() == "VERIFY_IDENTITY":
            return word
        if key == "ssl_verify_identity" and value.lower() in _ON:
            return word
    return None


def _pairs(url: DatabaseUrl) -> list[tuple[str, str]]:
    return parse_qsl(url.after.partition("#")[0].removeprefix("?"))


def _place(place: str) -> tuple[str, str]:
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, port = place.partition(":")
    return host, port


def _local_socket(root: Path) -> str | None:
    found: Iterable[Path] = (root / socket for socket in _SOCKETS)
    return next((str(path) for path in found if path.is_socket()), None)
