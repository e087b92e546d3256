"""`moonpool databases` shows what is left over, and removes only that."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from moonpool.cli.databases import command
from moonpool.databases import DatabaseSettings, open_databases, worker_environment
from moonpool.databases.connection import connect
from moonpool.errors import MoonpoolError
from tests.databases.drivers import leave_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.urls import DatabaseUrl


@pytest.fixture
def populated(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl], base: Path
) -> Iterator[str]:
    """The URL of a server with a live run's database, a dead one's, and a decoy."""
    settings = DatabaseSettings(("DATABASE_URL",))
    leave_behind("gw0", url=url_of("dead_test").text, project="dead", bases=[base])
    with closing(connect(url_of("x"))) as connection:
        connection.execute("CREATE DATABASE decoy_test_gw0")
    with open_databases(
        settings, project="live", checkout=Path("/c"), run_id="run", environ=environ
    ) as databases:
        worker_environment(settings, worker="gw0", environ={**environ, **databases.environment})
        yield environ["DATABASE_URL"].replace("postgres@", "postgres:s3cret@")


def test_list_shows_whose_each_database_is(populated: str) -> None:
    done = CliRunner().invoke(command, ["list", "--url", populated], catch_exceptions=False)

    live, dead = done.stdout.splitlines()[:2]
    assert live.startswith("app_test_gw0  in use by live in /c since 20")
    assert dead.startswith("dead_test_gw0  left over by dead in /checkout since 20")
    assert "decoy" not in done.output
    assert "s3cret" not in done.output


def test_list_as_json_is_one_object_with_a_version(populated: str) -> None:
    done = CliRunner().invoke(
        command, ["list", "--json"], env={"DATABASE_URL": populated}, catch_exceptions=False
    )

    content = json.loads(done.stdout)
    assert content["version"] == 1
    assert [(each["name"], each["alive"]) for each in content["databases"]] == [
        ("app_test_gw0", True),
        ("dead_test_gw0", False),
    ]
    assert content["databases"][1]["project"] == "dead"
    assert isinstance(content["leftover_servers"], list)
    assert "s3cret" not in done.output


def test_clean_removes_what_dead_runs_left_and_nothing_else(
    populated: str, url_of: Callable[[str], DatabaseUrl]
) -> None:
    done = CliRunner().invoke(command, ["clean", "--url", populated], catch_exceptions=False)

    assert "dropped database dead_test_gw0" in done.stdout
    assert "kept database app_test_gw0: its run is alive" in done.stdout
    with closing(connect(url_of("x"))) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    names = {name for (name,) in rows}
    assert {"app_test_gw0", "decoy_test_gw0"} <= names
    assert "dead_test_gw0" not in names


def test_a_url_of_another_dialect_is_an_error() -> None:
    with pytest.raises(MoonpoolError) as caught:
        CliRunner().invoke(
            command, ["clean", "--url", "oracle://u:s3cret@h/x"], catch_exceptions=False
        )

    assert caught.value.message == (
        "`--url` is a `oracle` URL, expected one of a PostgreSQL or MySQL server"
    )


def test_without_a_url_only_folders_are_looked_at() -> None:
    done = CliRunner().invoke(
        command, ["list"], env={"DATABASE_URL": "", "TEST_DATABASE_URL": ""}, catch_exceptions=False
    )

    assert done.exit_code == 0
    assert done.stdout.startswith("no test databases")
