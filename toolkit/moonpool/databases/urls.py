"""Database URLs as text whose database name can be exchanged and whose credentials stay unseen.

A URL is cut into three pieces (before, name, after) and never rebuilt from its meaning: whatever
stands beside the name comes out byte for byte as it went in. Trusts nothing; knows no server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from moonpool.errors import ExitCode, MoonpoolError

__all__ = ["MYSQL", "POSTGRESQL", "SQLITE", "DatabaseUrl", "parse_url"]

POSTGRESQL = "postgresql"
MYSQL = "mysql"
SQLITE = "sqlite"
# Schemes of libpq, SQLAlchemy, dj-database-url and django-environ that mean the same server.
_POSTGRESQL_SCHEMES = frozenset(
    ("postgres", "postgresql", "postgis", "pgsql", "psql", "timescale", "timescalegis")
)
# MariaDB speaks the same protocol; the others are dj-database-url's and django-environ's.
_MYSQL_SCHEMES = frozenset(("mysql", "mariadb", "mysql2", "mysqlgis", "mysql-connector"))
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<rest>.*)", re.DOTALL)
_HOST_AND_PORT = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::\d*)?(?:,.*)?")
_AFTER_AUTHORITY = re.compile(r"[/?#]")
# The values of these may be shown; every other one may be a secret.
_PUBLIC_QUERY_KEYS = frozenset(
    ("host", "port", "sslmode", "ssl", "connect_timeout", "unix_socket", "charset")
)
_NAME_IN_QUERY = re.compile(r"[?&](?:dbname|database|db)=")
# What would end the name or be read as an escape inside a URL.
_MUST_ENCODE = re.compile(r"[%?#/\s\x00-\x1f\x7f]")
_MUST_ENCODE_ASCII = re.compile(r"[%?#/\s\x00-\x1f\x7f]|[^\x00-\x7f]")


@dataclass(frozen=True)
class DatabaseUrl:
    """A URL in three pieces; its ``repr`` and ``masked`` form show no credentials."""

    before: str = field(repr=False)
    """``scheme://authority/``, the slash included."""
    raw_name: str
    """The database name (a path for SQLite) as it is written, escapes included."""
    after: str = field(repr=False)
    """The query and fragment with their ``?`` or ``#``."""

    @property
    def scheme(self) -> str:
        return self.before.partition("://")[0]

    @property
    def dialect(self) -> str:
        """The kind: ``postgresql``, ``mysql``, ``sqlite``, or the scheme without its driver."""
        kind = self.scheme.partition("+")[0].lower()
        if kind in _MYSQL_SCHEMES:
            return MYSQL
        return POSTGRESQL if kind in _POSTGRESQL_SCHEMES else kind

    @property
    def authority(self) -> str:
        return self.before.partition("://")[2].removesuffix("/")

    @property
    def user(self) -> str:
        """The user with its escapes resolved; empty when there is none."""
        return unquote(self.authority.rpartition("@")[0].partition(":")[0])

    @property
    def name(self) -> str:
        """The database name with its escapes resolved, as libpq reads it."""
        return unquote(self.raw_name)

    @property
    def text(self) -> str:
        return self.before + self.raw_name + self.after

    @property
    def masked(self) -> str:
        """The URL for people: no user, no password, no query value that could be a secret."""
        credentials, at, host = self.authority.rpartition("@")
        shown = f"***{at}{host}" if at else credentials + host
        query = re.sub(r"([?&])([^=&#]*)=([^&#]*)", _mask, self.after.partition("#")[0])
        return f"{self.scheme}://{shown}/{self.raw_name}{query}"

    def renamed(self, name: str) -> DatabaseUrl:
        """The same URL for another database; all but the name stays as it is written."""
        return DatabaseUrl(self.before, self._encoded(name), self.after)

    def _encoded(self, name: str) -> str:
        # A name that grew keeps the spelling of its beginning: SQLAlchemy before 2.1 does not
        # resolve escapes in names while libpq does, so the fewer are touched the better.
        known, rest = ("", name)
        if name.startswith(self.name):
            known, rest = self.raw_name, name[len(self.name) :]
        must_encode = _MUST_ENCODE_ASCII if self.raw_name.isascii() else _MUST_ENCODE
        return known + must_encode.sub(lambda match: quote(match[0], safe=""), rest)


def _mask(match: re.Match[str]) -> str:
    public = match[2].lower() in _PUBLIC_QUERY_KEYS
    return f"{match[1]}{match[2]}={match[3] if public else '***'}"


def parse_url(text: str, *, origin: str) -> DatabaseUrl:
    """Cut a database URL into its pieces; ``origin`` is what messages call it.

    Raises MoonpoolError when it is no URL, or one whose database cannot be exchanged.
    """
    match = _SCHEME.fullmatch(text.strip())
    if match is None:
        raise _refused(f"{origin} is not a database URL", "write it as `postgresql://…/app_test`")
    rest = match["rest"]
    end = _authority_end(rest, origin)
    path = rest[end:]
    cut = re.search(r"[?#]", path)
    name, after = (path[: cut.start()], path[cut.start() :]) if cut else (path, "")
    slash, raw_name = ("/", name[1:]) if name.startswith("/") else ("", name)
    url = DatabaseUrl(f"{match['scheme']}://{rest[:end]}{slash}", raw_name, after)
    if url.dialect in (POSTGRESQL, MYSQL):
        _check_name(url, origin)
    return url


def _authority_end(rest: str, origin: str) -> int:
    """Where ``user:password@host:port`` ends, also for a password with an unescaped slash."""
    first = _AFTER_AUTHORITY.search(rest)
    end = first.start() if first else len(rest)
    authority, path = rest[:end], rest[end:]
    if ":" not in authority or "@" in authority or "@" not in path:
        return end
    if _HOST_AND_PORT.fullmatch(authority):
        if "@" in path.partition("?")[0]:
            raise _refused(
                f"{origin} can be read in two ways: an `@` follows the first `/`",
                "write `/` as `%2F` and `@` as `%40` inside the password or the name",
            )
        return end
    beyond = rest.index("@", end)
    again = _AFTER_AUTHORITY.search(rest, beyond)
    return again.start() if again else len(rest)


def _check_name(url: DatabaseUrl, origin: str) -> None:
    if _NAME_IN_QUERY.search(url.after):
        raise _refused(
            f"{origin} names its database in the query",
            f"put the name into the path: `{url.scheme}://…/app_test`",
        )
    if not url.raw_name:
        raise _refused(
            f"{origin} names no database: `{url.masked}`",
            "end it with the name of your test database: `…/app_test`",
        )


def _refused(message: str, hint: str) -> MoonpoolError:
    return MoonpoolError(message, hint=hint, slug="database-url", exit_code=ExitCode.DATABASE)
