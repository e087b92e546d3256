"""A worker's database is clean again after whatever a test did to it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from moonpool.databases import (
    Cleaner,
    Databases,
    DatabaseSettings,
    Recipe,
    open_databases,
    server_databases,
    worker_cleaners,
    worker_environment,
)
from moonpool.databases.connection import connect
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from moonpool.databases.urls import DatabaseUrl

    UrlOf = Callable[[str], DatabaseUrl]

SCHEMA = "CREATE TABLE thing (id serial PRIMARY KEY); CREATE TABLE kept (x int);"


@pytest.fixture
def settings(tmp_path: Path) -> DatabaseSettings:
    (tmp_path / "schema.sql").write_text(SCHEMA + "INSERT INTO kept VALUES (1)")
    return DatabaseSettings(("DATABASE_URL",), recipe=Recipe(tmp_path, sql=("*.sql",)))


@pytest.fixture
def databases(
    settings: DatabaseSettings, environ: dict[str, str], tmp_path: Path
) -> Iterator[Databases]:
    with open_databases(
        settings, project="app", checkout=tmp_path, run_id="run", environ=environ
    ) as opened:
        environ |= opened.environment
        environ |= worker_environment(settings, worker="gw0", environ=environ)
        yield opened


@pytest.fixture
def cleaner(
    databases: Databases, settings: DatabaseSettings, environ: dict[str, str]
) -> Iterator[Cleaner]:
    (made,) = worker_cleaners(settings, environ=environ)
    yield made
    made.close()


def _rows(url_of: UrlOf) -> tuple[int, int]:
    with closing(connect(url_of("x"), "app_test_gw0")) as connection:
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM thing), (SELECT count(*) FROM kept)"
        ).fetchone()
        assert counted is not None
        return counted


def test_a_changed_schema_is_answered_with_a_fresh_clone(cleaner: Cleaner, url_of: UrlOf) -> None:
    cleaner.begin("dirty", stale=True)
    with closing(connect(url_of("x"), "app_test_gw0")) as connection:
        connection.execute("DROP TABLE thing; DELETE FROM kept")

        assert cleaner.clean("dirty") == ()

    assert _rows(url_of) == (0, 1)
    cleaner.begin("dirty", stale=False)
    with closing(connect(url_of("x"), "app_test_gw0")) as connection:
        connection.execute("INSERT INTO thing DEFAULT VALUES")
    assert cleaner.clean("dirty") == ()
    assert _rows(url_of) == (0, 1)


def test_a_clone_for_each_test_is_made_ahead_and_goes_with_the_run(
    cleaner: Cleaner, databases: Databases, url_of: UrlOf
) -> None:
    for _ in range(3):
        cleaner.begin("clone", stale=False)
        with closing(connect(url_of("x"), "app_test_gw0")) as connection:
            connection.execute("INSERT INTO thing DEFAULT VALUES; DROP TABLE kept")
        assert cleaner.clean("clone") == ()
        assert _rows(url_of) == (0, 1)
    cleaner.begin("clone", stale=False)
    cleaner.close()
    names = [each.name for each in server_databases(url_of("x").text, origin="it").databases]
    assert len(names) == 2
    assert names[1].startswith("moonpool_spare_")

    assert databases.close() == ()

    assert server_databases(url_of("x").text, origin="it").databases == ()


def test_a_pool_of_sqlalchemy_does_not_notice_that_its_database_was_replaced(
    cleaner: Cleaner, environ: dict[str, str]
) -> None:
    engine = sa.create_engine(environ["DATABASE_URL"])
    for _ in range(3):
        cleaner.begin("clone", stale=False)
        with engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO thing DEFAULT VALUES"))
            assert connection.execute(sa.text("SELECT count(*) FROM thing")).scalar() == 1
        cleaner.clean("clone")
    engine.dispose()


def test_nor_does_an_asynchronous_pool(cleaner: Cleaner, environ: dict[str, str]) -> None:
    async def write_thrice() -> None:
        engine = create_async_engine(environ["DATABASE_URL"])
        for _ in range(3):
            cleaner.begin("clone", stale=False)
            async with engine.begin() as connection:
                await connection.execute(sa.text("INSERT INTO thing DEFAULT VALUES"))
                counted = await connection.execute(sa.text("SELECT count(*) FROM thing"))
                assert counted.scalar() == 1
            cleaner.clean("clone")
        await engine.dispose()

    asyncio.run(write_thrice())


def test_our_own_session_may_be_ended_by_a_test(cleaner: Cleaner, url_of: UrlOf) -> None:
    cleaner.begin("dirty", stale=True)
    with closing(connect(url_of("x"), "app_test_gw0")) as connection:
        connection.execute("INSERT INTO thing DEFAULT VALUES")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    cleaner.clean("dirty")
    assert _rows(url_of) == (0, 1)


def test_without_a_template_a_changed_schema_is_said_and_stays(
    environ: dict[str, str], url_of: UrlOf, tmp_path: Path
) -> None:
    settings = DatabaseSettings(("DATABASE_URL",), clean="dirty")
    with open_databases(
        settings, project="app", checkout=tmp_path, run_id="run", environ=environ
    ) as opened:
        environ |= opened.environment
        environ |= worker_environment(settings, worker="gw0", environ=environ)
        (cleaner,) = worker_cleaners(settings, environ=environ)
        cleaner.begin("dirty", stale=True)
        with closing(connect(url_of("x"), "app_test_gw0")) as connection:
            connection.execute(SCHEMA)
        (note,) = cleaner.clean("dirty")
        assert note.startswith("the schema of `app_test_gw0` was changed and stays so")
        assert cleaner.clean("dirty") == ()
        with pytest.raises(MoonpoolError, match="a fresh clone needs a template"):
            cleaner.begin("clone", stale=False)
        cleaner.close()
