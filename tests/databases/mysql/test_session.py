"""A run on MySQL or MariaDB claims its databases, tells its workers, and leaves nothing behind."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import (
    STATE_VARIABLE,
    CleanedServer,
    Databases,
    DatabaseSettings,
    clean_server,
    open_databases,
    run_environment,
    server_databases,
    worker_environment,
)
from moonpool.databases.names import automatic_namespaces
from moonpool.errors import MoonpoolError
from tests.databases.drivers import leave_behind

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


def test_credentials_are_told_to_nobody(admin: Session, server: MysqlServer) -> None:
    _make_user(admin, "alice", "s3c/ret")
    admin.execute("GRANT ALL ON `app\\_test%`.* TO alice")
    text = server.url("app_test", user="alice:s3c%2Fret")

    with _open({"DATABASE_URL": text}) as databases:
        assert "s3c" not in databases.environment[STATE_VARIABLE]
        assert "s3c" not in repr(databases)
        assert _worker(databases, {"DATABASE_URL": text}, "gw0") == text + "_gw0"
        found = server_databases(text, origin="it")
        assert "alice" not in found.url
        assert "s3c" not in found.url


def test_serially_the_users_own_database_is_used_and_survives(
    environ: dict[str, str], admin: Session, names: Names
) -> None:
    admin.execute("CREATE DATABASE app_test")

    with _open(environ) as databases:
        assert _worker(databases, environ, None) == environ["DATABASE_URL"]

    assert names() == ["app_test"]


def test_live_runs_on_one_server_never_share_a_name(environ: dict[str, str], names: Names) -> None:
    place, _ = automatic_namespaces("app", str(_CHECKOUT), "any")
    with ExitStack() as stack:
        runs = [stack.enter_context(_open(environ)) for _ in range(3)]
        urls = {_worker(each, environ, "gw0") for each in runs}

        assert len(urls) == 3
        assert {"app_test_gw0", f"app_test_{place}_gw0"} < set(names())
        assert runs[1].notes == (
            (
                "`app_test` is in use by another run on this server: this run's databases are"
                f" `app_test_{place}…`"
            ),
        )
    assert names() == []


def test_a_namespace_set_by_hand_is_part_of_every_name(
    environ: dict[str, str], names: Names
) -> None:
    with _open(environ, namespace="ci") as databases:
        _worker(databases, environ, "gw0")
        told = run_environment(_SETTINGS, environ={**environ, **databases.environment})

        assert databases.notes == ()
        assert names() == ["app_test_ci_gw0"]
        assert told == {"DATABASE_URL": environ["DATABASE_URL"] + "_ci"}


def test_two_variables_of_one_database_lead_to_one(server: MysqlServer, names: Names) -> None:
    settings = DatabaseSettings(("A_URL", "B_URL"))
    given = {
        "A_URL": server.url("app_test"),
        "B_URL": f"mysql+asyncmy://root@localhost/app_test?unix_socket={server.socket}",
    }
    with open_databases(
        settings, project="app", checkout=_CHECKOUT, run_id="run", environ=given
    ) as databases:
        told = worker_environment(
            settings, worker="gw0", environ={**given, **databases.environment}
        )

        assert databases.notes == ()
        assert told["B_URL"] == given["B_URL"].replace("app_test", "app_test_gw0")
        assert names() == ["app_test_gw0"]


@pytest.mark.parametrize("name", ["ü" * 30, 'it\'s "größe" of 80 % test' * 4])
def test_long_and_odd_names_lead_where_the_url_says(url_of: UrlOf, names: Names, name: str) -> None:
    environ = {"DATABASE_URL": url_of(f"test {name}").text}

    with _open(environ) as databases:
        _worker(databases, environ, "gw0")

        (found,) = names()
        assert found.startswith(f"test {name}"[:10])
        assert found.endswith("_gw0")
        assert len(found) <= 64


def test_what_a_killed_run_left_is_dropped_by_the_next_of_its_checkout(
    environ: dict[str, str], url_of: UrlOf, names: Names, admin: Session, tmp_path: Path
) -> None:
    admin.execute("CREATE DATABASE app_test_gw9")
    for project in ("app", "other"):
        url = url_of(f"{project}_test").text
        leave_behind("gw0", "gw1", url=url, project=project, bases=[tmp_path])
    left = ["app_test_gw0", "app_test_gw1", "app_test_gw9", "other_test_gw0", "other_test_gw1"]
    assert names() == left

    with _open(environ):
        # The decoy has no mark, and the other project's are not ours to tidy up.
        assert names() == ["app_test_gw9", "other_test_gw0", "other_test_gw1"]

    assert clean_server(environ["DATABASE_URL"], origin="it") == CleanedServer(
        dropped=("other_test_gw0", "other_test_gw1"), kept=()
    )
    assert names() == ["app_test_gw9"]


def test_a_list_tells_what_lives_and_how_durable_the_server_is(environ: dict[str, str]) -> None:
    with _open(environ) as databases:
        _worker(databases, environ, "gw0")

        found = server_databases(environ["DATABASE_URL"], origin="it")

        assert [(each.name, each.lives) for each in found.databases] == [("app_test_gw0", True)]
        assert found.durability.settings["innodb_flush_log_at_trx_commit"] == "0"
        assert "innodb_doublewrite ON" in found.durability.sentence


def test_a_user_without_the_right_is_told_what_it_lacks(
    admin: Session, server: MysqlServer
) -> None:
    _make_user(admin, "erin", "erin")
    admin.execute("GRANT ALL ON app_test.* TO erin")
    environ = {"DATABASE_URL": server.url("app_test", user="erin:erin")}

    with _open(environ) as databases, pytest.raises(MoonpoolError) as caught:
        _worker(databases, environ, "gw0")

    assert caught.value.message == (
        f"cannot create database `app_test_gw0` on `mysql+pymysql://***@127.0.0.1:{server.port}"
        "/app_test`: the user has no right to do that"
    )
    assert "GRANT ALL ON `app\\_test%`.* TO" in caught.value.hint
    assert caught.value.slug == "database-rights"


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
