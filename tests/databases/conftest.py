"""A real PostgreSQL server of the tests' own, and folders that stand for RAM disks."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import clean_server
from moonpool.databases.binaries import find_binaries
from moonpool.databases.connection import connect
from moonpool.databases.server import Server, start_server
from moonpool.databases.urls import DatabaseUrl, parse_url
from moonpool.errors import MoonpoolError
from tests.support.mysql import MysqlServer, running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Only the superuser gets in unasked; roles that tests make need their password.
_ACCESS = "local all postgres trust\nlocal all all scram-sha-256\n"


@pytest.fixture(scope="session")
def base() -> Iterator[Path]:
    """A folder that every user may enter, with a path short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="mp-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place(base: Path) -> Path:
    """A fresh folder of one test for servers of its own."""
    folder = Path(tempfile.mkdtemp(dir=base))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def has_postgres() -> None:
    """Skip where PostgreSQL's programs are not installed."""
    try:
        find_binaries()
    except MoonpoolError as error:
        pytest.skip(error.message)


@pytest.fixture(scope="session")
def server(base: Path, has_postgres: None) -> Iterator[Server]:
    """A server that stands for the user's."""
    started = start_server(parse_url("postgresql+psycopg:///app_test", origin="test"), bases=[base])
    (started.folder.data / "pg_hba.conf").write_text(_ACCESS)
    with connect(started.url(parse_url("postgresql:///x", origin="test"))) as connection:
        connection.execute("SELECT pg_reload_conf()")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[MysqlServer]:
    """A MariaDB or MySQL server that stands for the user's."""
    with running_server() as started:
        yield started


@pytest.fixture
def url_of(server: Server) -> Callable[[str], DatabaseUrl]:
    """The URL of a database on the server; what a test made is gone after it."""

    def build(name: str) -> DatabaseUrl:
        return server.url(parse_url("postgresql+psycopg:///x", origin="test")).renamed(name)

    return build


@pytest.fixture(autouse=True)
def empty_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Drop every database that a test left on the server, whoever's it was."""
    yield
    if "server" not in request.fixturenames:
        return
    server: Server = request.getfixturevalue("server")
    url = server.url(parse_url("postgresql:///x", origin="test"))
    clean_server(url.text, origin="test")
    with connect(url) as connection:
        rows = connection.execute(
            "SELECT quote_ident(datname) FROM pg_database"
            " WHERE NOT datistemplate AND datname <> 'postgres'"
        ).fetchall()
        for (name,) in rows:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def environ(url_of: Callable[[str], DatabaseUrl]) -> dict[str, str]:
    """An environment whose `DATABASE_URL` leads to the server."""
    return {"PATH": os.environ["PATH"], "DATABASE_URL": url_of("app_test").text}
