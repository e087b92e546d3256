"""A server that takes no writes or no connection more is told in one error that helps."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import DatabaseSettings, open_databases, worker_environment
from moonpool.databases.mysql.connection import Session, connect
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.mysql import MysqlServer

_SETTINGS = DatabaseSettings(("DATABASE_URL",))


@pytest.fixture
def user(admin: Session, server: MysqlServer) -> str:
    """The URL of a user who may make databases and nothing else."""
    admin.execute("DROP USER IF EXISTS greta; CREATE USER greta IDENTIFIED BY 'greta'")
    admin.execute("GRANT ALL ON `app\\_test%`.* TO greta")
    return server.url("app_test", user="greta:greta")


@pytest.fixture
def restored(admin: Session) -> Iterator[Callable[[str, int], None]]:
    """Sets a variable of the server, until the end of the test."""
    before: dict[str, object] = {}

    def put(name: str, value: object) -> None:
        ((before[name],),) = admin.execute(f"SELECT @@GLOBAL.{name}")
        admin.execute(f"SET GLOBAL {name} = {value}")

    yield put
    for name, value in before.items():
        admin.execute(f"SET GLOBAL {name} = {value}")


def _refusal(url: str) -> str:
    environ = {"DATABASE_URL": url}
    with pytest.raises(MoonpoolError) as caught:
        _run(environ)
    assert "`" in caught.value.hint
    return f"{caught.value.message.rpartition('`: ')[2]} ({caught.value.slug})"


def _run(environ: dict[str, str]) -> None:
    with open_databases(
        _SETTINGS, project="app", checkout=Path("/checkout"), run_id="run", environ=environ
    ) as databases:
        told = {**environ, **databases.environment}
        worker_environment(_SETTINGS, worker="gw0", environ=told)


def test_one_that_only_reads(user: str, restored: Callable[[str, int], None]) -> None:
    restored("read_only", 1)

    assert _refusal(user) == (
        "the server is a read-only replica, or its sessions are set to read only (database-rights)"
    )


def test_one_without_a_free_connection(user: str, restored: Callable[[str, int], None]) -> None:
    restored("max_connections", 10)
    with ExitStack() as held:
        # The administrator's connection is one of them, and one more is kept for such as him.
        for _ in range(9):
            held.enter_context(closing(connect(parse_url(user, origin="test"))))

        assert _refusal(user) == "the server has no free connection (database-server)"


def test_a_user_who_may_have_no_further_connection(user: str, admin: Session) -> None:
    admin.execute("ALTER USER greta WITH MAX_USER_CONNECTIONS 1")

    assert _refusal(user) == "the user may have no further connection (database-server)"
