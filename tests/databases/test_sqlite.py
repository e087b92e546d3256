"""Each worker of a SQLite URL has its own file."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.sqlite import SqliteCleaner, is_own_file, worker_file_url
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqlite:///app.db", "sqlite:///app_gw0.db"),
        ("sqlite+aiosqlite:////a.b/app.test.sqlite3?x=y", None),
        ("sqlite:///./folder/app", "sqlite:///./folder/app_gw0"),
        ("sqlite:///file:app.db?uri=true", "sqlite:///file:app_gw0.db?uri=true"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:x?mode=memory&uri=true", "sqlite:///file:x?mode=memory&uri=true"),
    ],
)
def test_a_file_gets_the_workers_name_and_memory_stays(text: str, expected: str | None) -> None:
    expected = expected or "sqlite+aiosqlite:////a.b/app.test_gw0.sqlite3?x=y"

    assert worker_file_url(parse_url(text, origin="it"), "gw0") == expected


def test_a_serial_run_uses_the_users_file() -> None:
    assert worker_file_url(parse_url("sqlite:///app.db", origin="it"), None) == "sqlite:///app.db"


def _cleaner(tmp_path: Path) -> tuple[SqliteCleaner, sqlite3.Connection]:
    file = tmp_path / "app_gw0.db"
    user = sqlite3.connect(file, isolation_level=None)
    user.execute("PRAGMA journal_mode = WAL")
    user.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    cleaner = SqliteCleaner(parse_url(f"sqlite:///{file}", origin="it"))
    cleaner.begin("dirty", stale=True)
    return cleaner, user


def test_a_file_is_brought_back_under_open_connections(tmp_path: Path) -> None:
    cleaner, user = _cleaner(tmp_path)
    for _ in range(3):
        cleaner.begin("dirty", stale=False)
        user.execute("INSERT INTO thing DEFAULT VALUES")
        assert user.execute("SELECT max(id) FROM thing").fetchone() == (1,)
        user.execute("CREATE TABLE more (x)")
        assert cleaner.clean("dirty") == ()
        assert user.execute("SELECT count(*) FROM thing").fetchone() == (0,)
        assert user.execute("SELECT name FROM sqlite_master").fetchall() == [
            ("thing",),
            ("sqlite_sequence",),
        ]
    cleaner.close()
    user.close()


def test_an_open_transaction_is_an_error_after_a_moment(tmp_path: Path) -> None:
    cleaner, user = _cleaner(tmp_path)
    user.execute("INSERT INTO thing DEFAULT VALUES")
    user.execute("BEGIN IMMEDIATE")
    with pytest.raises(MoonpoolError, match=r"app_gw0.db`: it was locked for 2 s") as e:
        cleaner.clean("dirty")
    assert e.value.slug == "database-busy"
    cleaner.close()
    user.close()


def test_only_a_file_that_was_derived_is_ours() -> None:
    assert is_own_file(parse_url("sqlite:///app_gw0.db", origin="it"), "app.db")
    assert not is_own_file(parse_url("sqlite:///app.db", origin="it"), "app.db")
    assert not is_own_file(parse_url("sqlite:///:memory:", origin="it"), "app.db")
