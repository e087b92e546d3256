"""A server that stands for the user's, as far as every kind of server is alike."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moonpool.databases.connection import connect
from moonpool.databases.mysql import marking
from moonpool.databases.mysql.connection import connect as connect_to_mysql
from moonpool.databases.urls import DatabaseUrl, parse_url

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Ground", "mysql_ground", "postgres_ground"]

Rows = list[tuple[Any, ...]]

_POSTGRES_NAMES = (
    "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
    ' ORDER BY datname COLLATE "C"'
)
_MYSQL_NAMES = (
    "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN"
    " ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY BINARY schema_name"
)

_PYMYSQL = """
import urllib.parse, pymysql
parts = urllib.parse.urlsplit(url)
connection = pymysql.connect(
    host=parts.hostname, port=parts.port, user=parts.username, database=parts.path[1:]
)
"""


@dataclass(frozen=True)
class Ground:
    """One kind of server; the URLs name the database `app_test`."""

    url: DatabaseUrl
    by_another_door: DatabaseUrl
    """The same database with another driver."""
    execute: Callable[[str, str | None], Rows]
    """Run a statement as the administrator, in a database if one is named."""
    connecting: str
    """Python that opens `connection`, whose cursor executes statements, at `url`."""
    unfinish: Callable[[str], None]
    """Make a template look as a killed run leaves it."""
    query_names: str
    make_user: tuple[str, ...]
    """Statements that make a user without rights, from name and password."""
    grant: str
    """What lets that user make databases."""
    lacks: str
    """What a user without it is told, and what would help."""
    hint: str

    @property
    def environ(self) -> dict[str, str]:
        """An environment that leads to the server."""
        return {"DATABASE_URL": self.url.text}

    def names(self) -> list[str]:
        """What databases there are, templates that nobody may connect to apart."""
        return [name for (name,) in self.execute(self.query_names, None)]

    def user(self, name: str, password: str, *, makes: bool) -> DatabaseUrl:
        """The URL of a new user, with the right to make databases or without."""
        for statement in (*self.make_user, *([self.grant] if makes else [])):
            self.execute(statement.format(name=name, password=password), None)
        scheme, _, rest = self.url.text.partition("://")
        login = f"{name}:{password.replace('/', '%2F')}"
        return parse_url(f"{scheme}://{login}@{rest.partition('@')[2]}", origin="test")


def postgres_ground(url: DatabaseUrl) -> Ground:
    """A PostgreSQL server."""

    def execute(statement: str, database: str | None) -> Rows:
        with closing(connect(url, database or "postgres")) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def unfinish(template: str) -> None:
        execute(f"ALTER DATABASE {template} WITH ALLOW_CONNECTIONS true IS_TEMPLATE false", None)

    other = url.text.replace("+psycopg", "+asyncpg") + "&sslmode=disable"
    return Ground(
        url,
        parse_url(other, origin="test"),
        execute,
        "import psycopg; connection = psycopg.connect(url.replace('+psycopg', ''))",
        unfinish,
        _POSTGRES_NAMES,
        ("DROP ROLE IF EXISTS {name}", "CREATE ROLE {name} LOGIN PASSWORD '{password}'"),
        "ALTER ROLE {name} CREATEDB",
        "the role has no right to do that",
        "ALTER ROLE … CREATEDB",
    )


def mysql_ground(url: DatabaseUrl, socket: str) -> Ground:
    """A MariaDB or MySQL server."""

    def execute(statement: str, database: str | None) -> Rows:
        with closing(connect_to_mysql(url)) as session:
            if database is not None:
                session.execute(f"USE `{database}`")
            return session.execute(statement)

    def unfinish(template: str) -> None:
        with closing(connect_to_mysql(url)) as session:
            comment = marking.comment_of(session, template)
            assert comment is not None
            marking.set_comment(session, template, marking.unfinished(comment))

    other = f"mysql+asyncmy://root@localhost/app_test?unix_socket={socket}"
    return Ground(
        url,
        parse_url(other, origin="test"),
        execute,
        _PYMYSQL,
        unfinish,
        _MYSQL_NAMES,
        ("DROP USER IF EXISTS {name}", "CREATE USER {name} IDENTIFIED BY '{password}'"),
        "GRANT ALL ON `app\\_test%`.* TO {name}",
        "the user has no right to do that",
        "GRANT ALL ON `app\\_test%`.* TO",
    )
