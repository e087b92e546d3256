"""A run claims its databases, tells its workers, and leaves nothing behind."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from moonpool.databases import (
    STATE_VARIABLE,
    Databases,
    DatabaseSettings,
    open_databases,
    worker_environment,
)
from moonpool.databases.connection import connect
from moonpool.databases.names import automatic_namespaces
from moonpool.errors import MoonpoolError
from tests.databases.drivers import leave_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moonpool.databases.server import Server
    from moonpool.databases.urls import DatabaseUrl

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


def _worker(databases: Databases, environ: Mapping[str, str], worker: str | None) -> str:
    told = worker_environment(
        _SETTINGS, worker=worker, environ={**environ, **databases.environment}
    )
    return told["DATABASE_URL"]


def _names(url_of: Callable[[str], DatabaseUrl]) -> list[str]:
    with closing(connect(url_of("x"))) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
            ' ORDER BY datname COLLATE "C"'
        ).fetchall()
    return [name for (name,) in rows]


def test_workers_get_databases_of_their_own_that_go_with_the_run(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    with _open(environ) as databases:
        assert databases.notes == ()
        assert databases.environment["DATABASE_URL"] == environ["DATABASE_URL"]
        for worker in ("gw0", "gw1", "gw7"):
            url = _worker(databases, environ, worker)
            assert url == url_of(f"app_test_{worker}").text
        assert _names(url_of) == ["app_test_gw0", "app_test_gw1", "app_test_gw7"]

    assert _names(url_of) == []
    assert databases.close() == ()


def test_the_state_for_workers_holds_no_credentials(
    server: Server, url_of: Callable[[str], DatabaseUrl]
) -> None:
    text = url_of("app_test").text.replace("postgres@", "postgres:s3cret@")

    with _open({"DATABASE_URL": text}) as databases:
        assert "s3cret" not in databases.environment[STATE_VARIABLE]
        assert "s3cret" not in repr(databases)
        assert databases.environment["DATABASE_URL"] == text


def test_a_worker_that_asks_twice_gets_the_same_database(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    with _open(environ) as databases:
        first = _worker(databases, environ, "gw0")
        told = {**environ, **databases.environment, "DATABASE_URL": first}

        again = worker_environment(_SETTINGS, worker="gw0", environ=told)

        assert again == {"DATABASE_URL": first}
        assert _names(url_of) == ["app_test_gw0"]


def test_serially_the_users_own_database_is_used_and_survives(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    with closing(connect(url_of("x"))) as connection:
        connection.execute("CREATE DATABASE app_test")

    with _open(environ) as databases:
        assert _worker(databases, environ, None) == environ["DATABASE_URL"]

    assert _names(url_of) == ["app_test"]


def test_serially_an_absent_database_is_made_and_dropped(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    with _open(environ) as databases:
        assert _worker(databases, environ, None) == environ["DATABASE_URL"]
        assert _names(url_of) == ["app_test"]

    assert _names(url_of) == []


def test_live_runs_on_one_server_never_share_a_name(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    place, _ = automatic_namespaces("app", str(_CHECKOUT), "any")
    with ExitStack() as stack:
        runs = [stack.enter_context(_open(environ)) for _ in range(3)]
        urls = {_worker(run, environ, "gw0") for run in runs}

        assert len(urls) == 3
        plain, with_place, with_run = _names(url_of)[0:3]
        assert {plain, with_place} >= {f"app_test_{place}_gw0"}
        assert "app_test_gw0" in (plain, with_place, with_run)
        assert runs[1].notes == (
            (
                "`app_test` is in use by another run on this server: this run's databases are"
                f" `app_test_{place}…`"
            ),
        )
    assert _names(url_of) == []


def test_a_namespace_set_by_hand_is_part_of_every_name(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    with _open(environ, namespace="ci") as databases:
        _worker(databases, environ, "gw0")
        _worker(databases, environ, None)

        assert databases.notes == ()
        assert _names(url_of) == ["app_test_ci", "app_test_ci_gw0"]


def test_a_run_inside_a_workers_test_gets_names_of_its_own(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    with _open(environ) as outer:
        inside = {**environ, **outer.environment, "DATABASE_URL": _worker(outer, environ, "gw0")}
        with _open(inside) as inner:
            assert _worker(inner, inside, None) not in (inside["DATABASE_URL"], "")
            (note,) = inner.notes
            assert note.startswith("`app_test_gw0` is in use by another run")
        assert _names(url_of) == ["app_test_gw0"]


def test_two_variables_of_one_database_lead_to_one(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    settings = DatabaseSettings(("A_URL", "B_URL"))
    given = {
        "A_URL": url_of("app_test").text,
        "B_URL": environ["DATABASE_URL"].replace("+psycopg", "+asyncpg") + "&sslmode=disable",
    }
    with open_databases(
        settings, project="app", checkout=_CHECKOUT, run_id="run", environ=given
    ) as databases:
        told = worker_environment(
            settings, worker="gw0", environ={**given, **databases.environment}
        )

        assert databases.notes == ()
        assert told["B_URL"] == given["B_URL"].replace("app_test", "app_test_gw0")
        assert _names(url_of) == ["app_test_gw0"]


@pytest.mark.parametrize("name", ["ü" * 40, 'it\'s "größe" of 80 % test' * 4])
def test_long_and_odd_names_lead_where_the_url_says(
    url_of: Callable[[str], DatabaseUrl], name: str
) -> None:
    environ = {"DATABASE_URL": url_of(f"test {name}").text}

    with _open(environ) as databases:
        for worker in ("gw0", None):
            url = _worker(databases, environ, worker).replace("+psycopg", "")
            with psycopg.connect(url) as connection:
                row = connection.execute("SELECT current_database()").fetchone()
            assert row is not None
            assert row[0] in _names(url_of)
            assert row[0].startswith(f"test {name}"[:10])


def test_what_a_killed_run_left_is_dropped_by_the_next_of_its_checkout(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl], base: Path
) -> None:
    with closing(connect(url_of("x"))) as connection:
        connection.execute("CREATE DATABASE app_test_gw9")
    for project in ("app", "other"):
        url = url_of(f"{project}_test").text
        leave_behind("gw0", "gw1", url=url, project=project, bases=[base])
    left = ["app_test_gw0", "app_test_gw1", "app_test_gw9", "other_test_gw0", "other_test_gw1"]
    assert _names(url_of) == left

    with _open(environ):
        # The decoy has no mark, and the other project's are not ours to tidy up.
        assert _names(url_of) == ["app_test_gw9", "other_test_gw0", "other_test_gw1"]


def test_a_role_without_the_right_is_told_what_it_lacks(
    server: Server, url_of: Callable[[str], DatabaseUrl]
) -> None:
    with closing(connect(url_of("x"))) as connection:
        connection.execute("DROP ROLE IF EXISTS erin")
        connection.execute("CREATE ROLE erin LOGIN PASSWORD 'erin'")
    environ = {"DATABASE_URL": url_of("app_test").text.replace("postgres@", "erin:erin@")}

    with _open(environ) as databases, pytest.raises(MoonpoolError) as caught:
        _worker(databases, environ, "gw0")

    assert caught.value.message == (
        "cannot create database `app_test_gw0` on"
        f" `postgresql+psycopg://***@/app_test?host={server.folder.path}`:"
        " the role has no right to do that"
    )
    assert "CREATEDB" in caught.value.hint


def test_an_ordinary_role_with_createdb_suffices(
    url_of: Callable[[str], DatabaseUrl],
) -> None:
    with closing(connect(url_of("x"))) as connection:
        connection.execute("DROP ROLE IF EXISTS frank")
        connection.execute("CREATE ROLE frank LOGIN CREATEDB PASSWORD 'frank'")
    environ = {"DATABASE_URL": url_of("app_test").text.replace("postgres@", "frank:frank@")}

    with _open(environ) as databases:
        _worker(databases, environ, "gw0")
        assert _names(url_of) == ["app_test_gw0"]
    assert _names(url_of) == []


def test_a_server_that_went_away_is_reported_at_the_end(place: Path, has_postgres: None) -> None:
    from moonpool.databases.server import start_server
    from moonpool.databases.urls import parse_url

    default = parse_url("postgresql:///app_test", origin="x")
    short_lived = start_server(default, bases=[place])
    databases = _open({"DATABASE_URL": short_lived.url(default).text})
    short_lived.stop()

    (problem,) = databases.close()

    assert problem.startswith("cannot list the databases on `postgresql://***@/app_test?host=")
    assert problem.endswith("; later run `moonpool databases clean`")


def test_without_a_url_a_server_is_started_for_all_variables(
    place: Path, has_postgres: None
) -> None:
    settings = DatabaseSettings(("A_URL", "B_URL"), "postgresql+psycopg:///ledger_test")
    with open_databases(
        settings, project="app", checkout=_CHECKOUT, run_id="run", environ={}, bases=[place]
    ) as databases:
        assert databases.environment["A_URL"] == databases.environment["B_URL"]
        told = worker_environment(settings, worker="gw0", environ=databases.environment)
        for url in (databases.environment["A_URL"], told["A_URL"]):
            with psycopg.connect(url.replace("+psycopg", "")) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        assert databases.notes[0].startswith("started a PostgreSQL server in")
    deadline = time.monotonic() + 15
    while list(place.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(place.iterdir()) == []


def test_variables_that_lead_nowhere_stay_as_they_are() -> None:
    with _open({}) as databases:
        assert list(databases.environment) == [STATE_VARIABLE]
        assert worker_environment(_SETTINGS, worker="gw0", environ=databases.environment) == {}
    assert worker_environment(DatabaseSettings(), worker="gw0", environ={}) == {}
