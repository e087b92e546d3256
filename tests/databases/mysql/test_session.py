"""A run on MySQL or MariaDB claims its databases, tells its workers, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import (
    Databases,
    DatabaseSettings,
    open_databases,
    server_databases,
    worker_environment,
)
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moonpool.databases.mysql.connection import Session
    from moonpool.databases.urls import DatabaseUrl
    from tests.support.mysql import MysqlServer

    UrlOf = Callable[[str], DatabaseUrl]
    Names = Callable[[], list[str]]

_SETTINGS = DatabaseSettings(("DATABASE_URL",))
_CHECKOUT = Path("/checkout")


def _open(
    environ: Mapping[str, str], *, project: str = "app", namespace: str | None = None
) -> Databases:
    return open_databases(
        _SETTINGS,
        project=project,
        checkout=_CHECKOUT,
        run_id="run",
        namespace=namespace,
        environ=environ,
    )


def _make_user(admin: Session, name: str, password: str) -> None:
    admin.execute(f"DROP USER IF EXISTS {name}; CREATE USER {name} IDENTIFIED BY '{password}'")


def _worker(databases: Databases, environ: Mapping[str, str], worker: str | None) -> str:
    told = worker_environment(
        _SETTINGS, worker=worker, environ={**environ, **databases.environment}
    )
    return told["DATABASE_URL"]


@pytest.mark.parametrize(
    "scheme",
    ["mysql", "mysql+pymysql", "mysql+asyncmy", "mysql+aiomysql", "mysql+mysqldb", "mariadb+x"],
)
def test_workers_get_databases_of_their_own_that_go_with_the_run(
    server: MysqlServer, names: Names, scheme: str
) -> None:
    environ = {"DATABASE_URL": server.url("app_test", scheme) + "?charset=utf8mb4"}
    with _open(environ) as databases:
        assert databases.notes == ()
        assert databases.environment["DATABASE_URL"] == environ["DATABASE_URL"]
        for worker in ("gw0", "gw7"):
            url = _worker(databases, environ, worker)
            assert url == server.url(f"app_test_{worker}", scheme) + "?charset=utf8mb4"
        assert names() == ["app_test_gw0", "app_test_gw7"]

    assert names() == []
    assert databases.close() == ()


def test_a_socket_leads_to_the_server_too(server: MysqlServer, names: Names) -> None:
    text = f"mysql+asyncmy://root@localhost/app_test?unix_socket={server.socket}"
    with _open({"DATABASE_URL": text}) as databases:
        assert _worker(databases, {"DATABASE_URL": text}, "gw0") == text.replace(
            "app_test", "app_test_gw0"
        )
        assert names() == ["app_test_gw0"]


def test_a_list_tells_what_lives_and_how_durable_the_server_is(environ: dict[str, str]) -> None:
    with _open(environ) as databases:
        _worker(databases, environ, "gw0")

        found = server_databases(environ["DATABASE_URL"], origin="it")

        assert [(each.name, each.lives) for each in found.databases] == [("app_test_gw0", True)]
        assert found.durability.settings["innodb_flush_log_at_trx_commit"] == "0"
        assert "innodb_doublewrite ON" in found.durability.sentence


def test_a_database_that_cannot_be_marked_does_not_stay(
    admin: Session, server: MysqlServer, names: Names
) -> None:
    _make_user(admin, "dora", "dora")
    admin.execute("GRANT CREATE, DROP ON `app\\_test%`.* TO dora")
    environ = {"DATABASE_URL": server.url("app_test", user="dora:dora")}

    with _open(environ) as databases, pytest.raises(MoonpoolError, match="has no right to do that"):
        _worker(databases, environ, "gw0")

    assert names() == []


@pytest.mark.parametrize(
    ("user", "port", "found"),
    [
        ("root:wr0ng", None, "the server refused the user or the password"),
        ("nobody", None, "the server refused the user or the password"),
        ("root", 1, "Can't connect to MySQL server on '127.0.0.1'"),
    ],
)
def test_a_server_that_does_not_let_us_in_is_told(
    server: MysqlServer, user: str, port: int | None, found: str
) -> None:
    text = server.url("app_test", user=user)
    if port is not None:
        text = text.replace(str(server.port), str(port))

    with pytest.raises(MoonpoolError) as caught:
        _open({"DATABASE_URL": text})

    assert found in caught.value.message
    assert "wr0ng" not in str(caught.value)
    assert caught.value.slug == "database-server"


def test_a_url_without_a_name_is_refused(server: MysqlServer) -> None:
    with pytest.raises(MoonpoolError, match="names no database"):
        _open({"DATABASE_URL": server.url("")})


def test_a_default_leads_to_a_server_of_the_users(server: MysqlServer, names: Names) -> None:
    settings = DatabaseSettings(("DATABASE_URL",), server.url("app_test"))
    with open_databases(
        settings, project="app", checkout=_CHECKOUT, run_id="run", environ={}
    ) as databases:
        told = worker_environment(settings, worker="gw0", environ=databases.environment)

        assert told == {"DATABASE_URL": server.url("app_test_gw0")}
        assert names() == ["app_test_gw0"]
