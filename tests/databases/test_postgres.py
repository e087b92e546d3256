"""Databases appear with their mark and go only by it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from moonpool.databases.connection import connect
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.postgres import (
    MarkedDatabase,
    create,
    drop,
    list_databases,
    mark_of,
    owner_lives,
    take_lock,
)
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.connection import Connection
    from moonpool.databases.urls import DatabaseUrl


def _mark(run: str) -> Mark:
    return Mark(
        "app", "/checkout", run, "boot", "2026-01-01T00:00:00+00:00", advisory_key("r", run)
    )


_OURS, _OTHERS = _mark("ours"), _mark("others")
_MAKING = f"moonpool_making_{_OTHERS.lock % 2**64:016x}_1"


@pytest.fixture
def connection(url_of: Callable[[str], DatabaseUrl]) -> Iterator[Connection]:
    with closing(connect(url_of("x"))) as opened:
        yield opened


@pytest.fixture
def other(url_of: Callable[[str], DatabaseUrl]) -> Iterator[Connection]:
    with closing(connect(url_of("x"))) as opened:
        yield opened


def test_a_database_is_made_once_with_its_mark(connection: Connection) -> None:
    assert create(connection, "app_test_gw0", _OURS)
    assert not create(connection, "app_test_gw0", _OURS)

    assert mark_of(connection, "app_test_gw0") == _OURS
    assert list_databases(connection) == (MarkedDatabase("app_test_gw0", _OURS, lives=False),)


def test_an_owner_lives_while_its_connection_holds_the_lock(
    connection: Connection, other: Connection
) -> None:
    assert take_lock(other, _OTHERS.lock)

    assert owner_lives(connection, _OTHERS)
    assert not take_lock(connection, _OTHERS.lock)
    other.close()
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_OTHERS.lock,))
    assert not owner_lives(connection, _OTHERS)


@pytest.mark.parametrize("key", [0, 1, -1, 2**63 - 1, -(2**63)])
def test_a_lock_of_any_key_is_seen(connection: Connection, other: Connection, key: int) -> None:
    assert take_lock(other, key)

    assert owner_lives(connection, replace(_OTHERS, lock=key))


def test_what_a_dead_run_left_is_made_anew(
    connection: Connection, url_of: Callable[[str], DatabaseUrl]
) -> None:
    create(connection, "app_test_gw0", _OTHERS)
    with psycopg.connect(_plain(url_of("app_test_gw0"))) as stale:
        stale.execute("CREATE TABLE leftover ()")
        stale.commit()

        assert create(connection, "app_test_gw0", _OURS)

    assert mark_of(connection, "app_test_gw0") == _OURS
    with psycopg.connect(_plain(url_of("app_test_gw0"))) as fresh:
        assert fresh.execute("SELECT to_regclass('leftover')").fetchone() == (None,)


def test_a_database_of_a_live_run_is_refused(connection: Connection, other: Connection) -> None:
    take_lock(other, _OTHERS.lock)
    create(other, "app_test_gw0", _OTHERS)

    with pytest.raises(MoonpoolError) as caught:
        create(connection, "app_test_gw0", _OURS)

    assert caught.value.message == (
        "database `app_test_gw0` is in use by a run of `app` in `/checkout`"
    )
    assert "MOONPOOL_NAMESPACE" in caught.value.hint
    assert mark_of(connection, "app_test_gw0") == _OTHERS


def test_a_database_without_our_mark_is_never_replaced(
    connection: Connection,
) -> None:
    connection.execute("CREATE DATABASE app_test_gw0 TEMPLATE template0")

    with pytest.raises(MoonpoolError) as caught:
        create(connection, "app_test_gw0", _OURS)

    assert caught.value.message == (
        "database `app_test_gw0` exists and was not made by moonpool, so it is not replaced"
    )
    assert caught.value.slug == "database-not-ours"
    assert not create(connection, "app_test_gw0", _OURS, users_own=True)
    assert mark_of(connection, "app_test_gw0") is None


@pytest.mark.parametrize("name", ['größe "quoted" it\'s %s {}', "ü" * 31, " ", "UPPER", ";--"])
def test_names_of_any_letters_are_made_and_dropped(connection: Connection, name: str) -> None:
    create(connection, name, _OURS)

    (found,) = list_databases(connection)
    assert found.name == name
    assert drop(connection, found)
    assert list_databases(connection) == ()


def test_a_database_that_changed_hands_is_not_dropped(connection: Connection) -> None:
    create(connection, "app_test_gw0", _OURS)

    assert not drop(connection, MarkedDatabase("app_test_gw0", _OTHERS, lives=False))
    assert not drop(connection, MarkedDatabase("absent", _OTHERS, lives=False))
    assert mark_of(connection, "app_test_gw0") == _OURS


def test_a_database_that_was_left_half_made_is_listed_and_dropped(
    connection: Connection, other: Connection
) -> None:
    connection.execute(f"CREATE DATABASE {_MAKING} TEMPLATE template0")
    take_lock(other, _OTHERS.lock)
    assert list_databases(connection) == (MarkedDatabase(_MAKING, None, lives=True),)
    other.execute("SELECT pg_advisory_unlock_all()")

    (found,) = list_databases(connection)

    assert found == MarkedDatabase(_MAKING, None, lives=False)
    assert drop(connection, found)


def test_a_failure_while_making_leaves_nothing(connection: Connection) -> None:
    with pytest.raises(psycopg.Error):
        create(connection, "", _OURS)

    assert list_databases(connection) == ()


def test_whoever_finds_a_names_lock_held_gives_up_in_time(
    connection: Connection, other: Connection
) -> None:
    other.execute("SELECT pg_advisory_lock(%s)", (advisory_key("name", "app_test"),))
    connection.execute("SET lock_timeout = '50ms'")

    with pytest.raises(psycopg.errors.LockNotAvailable):
        create(connection, "app_test", _OURS)


def _plain(url: DatabaseUrl) -> str:
    return url.text.replace("postgresql+psycopg:", "postgresql:")
