"""A run claims its databases, tells its workers, and leaves nothing behind."""

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
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError
from tests.databases.drivers import leave_behind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.databases.each_server.ground import Ground

_SETTINGS = DatabaseSettings(("DATABASE_URL",))
_CHECKOUT = Path("/checkout")


def _open(
    environ: Mapping[str, str],
    *,
    namespace: str | None = None,
    settings: DatabaseSettings = _SETTINGS,
) -> Databases:
    return open_databases(
        settings,
        project="app",
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


def test_workers_get_databases_of_their_own_that_go_with_the_run(
    ground: Ground, environ: dict[str, str]
) -> None:
    with _open(environ) as databases:
        assert databases.notes == ()
        assert databases.environment["DATABASE_URL"] == environ["DATABASE_URL"]
        for worker in ("gw0", "gw1", "gw7"):
            url = _worker(databases, environ, worker)
            assert url == ground.url.renamed(f"app_test_{worker}").text
        assert ground.names() == ["app_test_gw0", "app_test_gw1", "app_test_gw7"]

    assert ground.names() == []
    assert databases.close() == ()


def test_credentials_are_told_to_nobody(ground: Ground) -> None:
    url = ground.user("alice", "s3c/ret", makes=True)
    environ = {"DATABASE_URL": url.text}

    with _open(environ) as databases:
        assert "s3c" not in databases.environment[STATE_VARIABLE]
        assert "s3c" not in repr(databases)
        assert databases.environment["DATABASE_URL"] == url.text
        assert _worker(databases, environ, "gw0") == url.renamed("app_test_gw0").text
        found = server_databases(url.text, origin="it")
        assert "alice" not in found.url
        assert "s3c" not in found.url
    assert ground.names() == []


def test_a_user_without_the_right_is_told_what_it_lacks(ground: Ground) -> None:
    url = ground.user("erin", "erin", makes=False)
    environ = {"DATABASE_URL": url.text}

    with _open(environ) as databases, pytest.raises(MoonpoolError) as caught:
        _worker(databases, environ, "gw0")

    assert caught.value.message == (
        f"cannot create database `app_test_gw0` on `{url.masked}`: {ground.lacks}"
    )
    assert ground.hint in caught.value.hint
    assert caught.value.slug == "database-rights"


def test_a_worker_that_asks_twice_gets_the_same_database(
    ground: Ground, environ: dict[str, str]
) -> None:
    with _open(environ) as databases:
        first = _worker(databases, environ, "gw0")
        told = {**environ, **databases.environment, "DATABASE_URL": first}

        again = worker_environment(_SETTINGS, worker="gw0", environ=told)

        assert again == {"DATABASE_URL": first}
        assert ground.names() == ["app_test_gw0"]


def test_serially_the_users_own_database_is_used_and_survives(
    ground: Ground, environ: dict[str, str]
) -> None:
    ground.execute("CREATE DATABASE app_test", None)

    with _open(environ) as databases:
        assert _worker(databases, environ, None) == environ["DATABASE_URL"]

    assert ground.names() == ["app_test"]


def test_serially_an_absent_database_is_made_and_dropped(
    ground: Ground, environ: dict[str, str]
) -> None:
    with _open(environ) as databases:
        assert _worker(databases, environ, None) == environ["DATABASE_URL"]
        assert ground.names() == ["app_test"]

    assert ground.names() == []


def test_live_runs_on_one_server_never_share_a_name(
    ground: Ground, environ: dict[str, str]
) -> None:
    place, _ = automatic_namespaces("app", str(_CHECKOUT), "any")
    with ExitStack() as stack:
        runs = [stack.enter_context(_open(environ)) for _ in range(3)]
        urls = {_worker(run, environ, "gw0") for run in runs}

        assert len(urls) == 3
        assert {"app_test_gw0", f"app_test_{place}_gw0"} < set(ground.names())
        assert runs[1].notes == (
            (
                "`app_test` is in use by another run on this server: this run's databases are"
                f" `app_test_{place}…`"
            ),
        )
    assert ground.names() == []


def test_a_namespace_set_by_hand_is_part_of_every_name(
    ground: Ground, environ: dict[str, str]
) -> None:
    with _open(environ, namespace="ci") as databases:
        _worker(databases, environ, "gw0")
        _worker(databases, environ, None)
        told = run_environment(_SETTINGS, environ={**environ, **databases.environment})

        assert databases.notes == ()
        assert ground.names() == ["app_test_ci", "app_test_ci_gw0"]
        assert told == {"DATABASE_URL": ground.url.renamed("app_test_ci").text}


def test_a_run_inside_a_workers_test_gets_names_of_its_own(
    ground: Ground, environ: dict[str, str]
) -> None:
    with _open(environ) as outer:
        inside = {**environ, **outer.environment, "DATABASE_URL": _worker(outer, environ, "gw0")}
        with _open(inside) as inner:
            assert _worker(inner, inside, None) not in (inside["DATABASE_URL"], "")
            (note,) = inner.notes
            assert note.startswith("`app_test_gw0` is in use by another run")
        assert ground.names() == ["app_test_gw0"]


def test_two_variables_of_one_database_lead_to_one(ground: Ground) -> None:
    settings = DatabaseSettings(("A_URL", "B_URL"))
    given = {"A_URL": ground.url.text, "B_URL": ground.by_another_door.text}
    with _open(given, settings=settings) as databases:
        told = worker_environment(
            settings, worker="gw0", environ={**given, **databases.environment}
        )

        assert databases.notes == ()
        assert told["B_URL"] == given["B_URL"].replace("app_test", "app_test_gw0")
        assert ground.names() == ["app_test_gw0"]


@pytest.mark.parametrize("name", ["ü" * 40, 'it\'s "größe" of 80 % test' * 4])
def test_long_and_odd_names_lead_where_the_url_says(ground: Ground, name: str) -> None:
    environ = {"DATABASE_URL": ground.url.renamed(f"test {name}").text}

    with _open(environ) as databases:
        urls = [_worker(databases, environ, worker) for worker in ("gw0", None)]

        found = ground.names()
        assert set(found) == {parse_url(url, origin="it").name for url in urls}
        assert all(each.startswith(f"test {name}"[:10]) for each in found)


def test_what_a_killed_run_left_is_dropped_by_the_next_of_its_checkout(
    ground: Ground, environ: dict[str, str], base: Path
) -> None:
    ground.execute("CREATE DATABASE app_test_gw9", None)
    for project in ("app", "other"):
        url = ground.url.renamed(f"{project}_test").text
        leave_behind("gw0", "gw1", url=url, project=project, bases=[base])
    left = ["app_test_gw0", "app_test_gw1", "app_test_gw9", "other_test_gw0", "other_test_gw1"]
    assert ground.names() == left

    with _open(environ):
        # The decoy has no mark, and the other project's are not ours to tidy up.
        assert ground.names() == ["app_test_gw9", "other_test_gw0", "other_test_gw1"]

    assert clean_server(environ["DATABASE_URL"], origin="it") == CleanedServer(
        dropped=("other_test_gw0", "other_test_gw1"), kept=()
    )
    assert ground.names() == ["app_test_gw9"]
