"""Leftovers are found, and removed only when their owner is gone."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from moonpool.databases import (
    CleanedServer,
    clean_clusters,
    clean_server,
    dead_clusters,
    server_databases,
)
from moonpool.databases.account import server_account
from moonpool.databases.cluster import make_folder
from moonpool.databases.lifecycle import create
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.postgres import PostgresLink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moonpool.databases.urls import DatabaseUrl


def _mark(run: str) -> Mark:
    return Mark("app", "/checkout", run, "", "", advisory_key("run", run))


def test_only_databases_of_dead_runs_are_cleaned(url_of: Callable[[str], DatabaseUrl]) -> None:
    text = url_of("x").text
    live = _mark("live")
    with closing(PostgresLink.open(url_of("x"))) as link:
        link.take_lock(live.lock)
        create(link, "live_test", live)
        create(link, "dead_test", _mark("dead"))
        link.connection.execute("CREATE DATABASE dead_test_gw0")

        done = clean_server(text, origin="it")

        assert done == CleanedServer(dropped=("dead_test",), kept=("live_test",))
        found = server_databases(text, origin="it")
        assert [database.name for database in found.databases] == ["live_test"]
        assert "postgres@" not in found.url


def test_folders_of_dead_servers_are_listed_and_removed(place: Path) -> None:
    folder = make_folder(server_account(), bases=[place])
    assert dead_clusters(bases=[place]) == []
    os.close(folder.lock)

    assert dead_clusters(bases=[place]) == [folder.path]
    assert clean_clusters(bases=[place]) == [folder.path]
    assert list(place.iterdir()) == []
