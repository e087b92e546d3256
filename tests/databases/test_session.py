"""What a run does where PostgreSQL's server is its own, gone, or not asked for at all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from moonpool.databases import (
    STATE_VARIABLE,
    Databases,
    DatabaseSettings,
    open_databases,
    worker_environment,
)
from moonpool.databases.server import start_server
from moonpool.databases.urls import parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETTINGS = DatabaseSettings(("DATABASE_URL",))
_CHECKOUT = Path("/checkout")


def _open(environ: Mapping[str, str]) -> Databases:
    return open_databases(
        _SETTINGS, project="app", checkout=_CHECKOUT, run_id="run", environ=environ
    )


def test_a_server_that_went_away_is_reported_at_the_end(place: Path, has_postgres: None) -> None:
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
