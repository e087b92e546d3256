"""A SQLite file is brought back under whatever a test left open or did to it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import DatabaseSettings, worker_cleaners
from moonpool.databases.sqlite import SqliteCleaner
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases.sqlite.conftest import Workplace


def _cleaner(tmp_path: Path, mode: str = "WAL") -> tuple[SqliteCleaner, sqlite3.Connection]:
    file = tmp_path / "app_gw0.db"
    user = sqlite3.connect(file, isolation_level=None)
    user.execute(f"PRAGMA journal_mode = {mode}")
    user.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    cleaner = SqliteCleaner(parse_url(f"sqlite:///{file}", origin="it"))
    cleaner.begin("dirty", stale=True)
    return cleaner, user


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM thing").fetchone()
    return int(count)


def test_a_file_is_brought_back_under_open_connections(tmp_path: Path) -> None:
    cleaner, user = _cleaner(tmp_path)
    for _ in range(3):
        cleaner.begin("dirty", stale=False)
        user.execute("INSERT INTO thing DEFAULT VALUES")
        assert user.execute("SELECT max(id) FROM thing").fetchone() == (1,)
        user.execute("CREATE TABLE more (x)")
        assert cleaner.clean("dirty") == ()
        assert _count(user) == 0
        assert user.execute("SELECT name FROM sqlite_master").fetchall() == [
            ("thing",),
            ("sqlite_sequence",),
        ]
    cleaner.close()
    user.close()


def test_an_open_transaction_is_an_error_after_a_moment(tmp_path: Path) -> None:
    cleaner, user = _cleaner(tmp_path, "DELETE")
    user.execute("INSERT INTO thing DEFAULT VALUES")
    user.execute("BEGIN EXCLUSIVE")
    with pytest.raises(MoonpoolError, match=r"app_gw0.db`: it was locked for 2 s") as caught:
        cleaner.clean("dirty")
    assert caught.value.slug == "database-busy"
    user.execute("ROLLBACK")
    cleaner.clean("dirty")
    assert _count(user) == 0
    cleaner.close()
    user.close()


@pytest.mark.parametrize("again", [True, False])
def test_a_file_that_a_test_removed_is_there_again(tmp_path: Path, again: bool) -> None:
    cleaner, user = _cleaner(tmp_path)
    user.close()
    file = tmp_path / "app_gw0.db"
    file.unlink()
    if again:
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE other (x)")

    assert cleaner.clean("dirty") == ()

    with closing(sqlite3.connect(file)) as user:
        assert _count(user) == 0
        assert user.execute("SELECT count(*) FROM sqlite_master").fetchone() == (2,)
    cleaner.close()


def test_a_folder_that_a_test_removed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    cleaner, user = _cleaner(tmp_path / "data")
    user.close()
    shutil.rmtree(tmp_path / "data")

    with pytest.raises(MoonpoolError, match=r"cannot clean `.*`: unable to open database file"):
        cleaner.clean("dirty")
    cleaner.close()


def test_only_a_file_that_the_run_gave_to_a_process_is_cleaned(
    place: Workplace, plain: DatabaseSettings
) -> None:
    with place.open(plain) as databases:
        environ = {**place.environ, **databases.environment}
        assert worker_cleaners(plain, environ=environ) == ()
        url = f"sqlite:///{place.worker(plain, databases, 'gw0')}"
        (cleaner,) = worker_cleaners(plain, environ=environ | {"DATABASE_URL": url})
        cleaner.close()
