"""Workers that start at once each get their database, made once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.databases import DatabaseSettings, open_databases
from moonpool.databases.lifecycle import list_databases
from moonpool.databases.postgres import PostgresLink
from tests.databases.drivers import start_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonpool.databases.urls import DatabaseUrl


def test_workers_that_start_at_once_do_not_disturb_each_other(
    environ: dict[str, str], url_of: Callable[[str], DatabaseUrl]
) -> None:
    settings = DatabaseSettings(("DATABASE_URL",))
    with open_databases(
        settings, project="app", checkout=Path("/c"), run_id="run", environ=environ
    ) as databases:
        told = {**environ, **databases.environment}
        # The same worker twice: a crashed one's child may still be busy.
        workers = [start_worker(name, told) for name in ("gw0", "gw1", "gw0")]

        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.close()
            worker.stdin = None
        urls = [worker.communicate()[0].strip() for worker in workers]

        assert [worker.returncode for worker in workers] == [0, 0, 0]
        assert urls == [url_of(f"app_test_{name}").text for name in ("gw0", "gw1", "gw0")]
        with closing(PostgresLink.open(url_of("x"))) as link:
            names = [database.name for database in list_databases(link)]
        assert names == ["app_test_gw0", "app_test_gw1"]
