"""A real MariaDB or MySQL server of the tests' own."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.mysql.connection import Session, connect
from moonpool.databases.mysql.link import MysqlLink
from moonpool.databases.urls import parse_url
from tests.support.mysql import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.urls import DatabaseUrl
    from tests.support.mysql import MysqlServer

    UrlOf = Callable[[str], DatabaseUrl]


@pytest.fixture(scope="session")
def server(mysql_server: MysqlServer) -> MysqlServer:
    """A server that stands for the user's."""
    return mysql_server


@pytest.fixture
def url_of(server: MysqlServer) -> UrlOf:
    """The URL of a database on the server; what a test made is gone after it."""
    return lambda name: parse_url(server.url("x"), origin="test").renamed(name)


@pytest.fixture
def admin(url_of: UrlOf) -> Iterator[Session]:
    """The server's administrator."""
    with closing(connect(url_of("x"))) as session:
        yield session


@pytest.fixture
def names(admin: Session) -> Callable[[], list[str]]:
    """What databases there are on the server."""
    return lambda: [
        name
        for (name,) in admin.execute(
            "SELECT schema_name FROM information_schema.schemata ORDER BY BINARY schema_name"
        )
        if name not in SYSTEM
    ]


@pytest.fixture
def link(url_of: UrlOf) -> Iterator[MysqlLink]:
    """A connection as a run has it."""
    with closing(MysqlLink.open(url_of("app_test"))) as opened:
        yield opened


@pytest.fixture
def other(url_of: UrlOf) -> Iterator[MysqlLink]:
    """That of another run."""
    with closing(MysqlLink.open(url_of("app_test"))) as opened:
        yield opened


@pytest.fixture(autouse=True)
def empty_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Drop every database that a test left on the server, whoever's it was."""
    yield
    if "server" not in request.fixturenames:
        return
    request.getfixturevalue("server").empty()


@pytest.fixture
def environ(url_of: UrlOf) -> dict[str, str]:
    """An environment whose `DATABASE_URL` leads to the server."""
    return {"PATH": os.environ["PATH"], "DATABASE_URL": url_of("app_test").text}
