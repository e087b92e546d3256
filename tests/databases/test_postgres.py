"""Databases appear with their mark and go only by it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from moonpool.databases.lifecycle import (
    MarkedDatabase,
    create,
    drop,
    list_databases,
    owner_lives,
)
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.postgres import PostgresLink
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.urls import DatabaseUrl


def _mark(run: str) -> Mark:
    return Mark(
        "app", "/checkout", run, "boot", "2026-01-01T00:00:00+00:00", advisory_key("r", run)
    )


_OURS, _OTHERS = _mark("ours"), _mark("others")
_MAKING = f"moonpool_making_{_OTHERS.lock % 2**64:016x}_1"


@pytest.fixture
def link(url_of: Callable[[str], DatabaseUrl]) -> Iterator[PostgresLink]:
    with closing(PostgresLink.open(url_of("x"))) as opened:
        yield opened


@pytest.fixture
def other(url_of: Callable[[str], DatabaseUrl]) -> Iterator[PostgresLink]:
    with closing(PostgresLink.open(url_of("x"))) as opened:
        yield opened


def test_a_database_is_made_once_with_its_mark(link: PostgresLink) -> None:
    assert create(link, "app_test_gw0", _OURS)
    assert not create(link, "app_test_gw0", _OURS)

    assert link.mark_of("app_test_gw0") == _OURS
    assert list_databases(link) == (MarkedDatabase("app_test_gw0", _OURS, lives=False),)


def test_an_owner_lives_while_its_connection_holds_the_lock(
    link: PostgresLink, other: PostgresLink
) -> None:
    assert other.take_lock(_OTHERS.lock)

    assert owner_lives(link, _OTHERS)
    assert not link.take_lock(_OTHERS.lock)
    other.close()
    with link.connection.transaction():
        link.connection.execute("SELECT pg_advisory_xact_lock(%s)", (_OTHERS.lock,))
    assert not owner_lives(link, _OTHERS)


@pytest.mark.parametrize("key", [0, 1, -1, 2**63 - 1, -(2**63)])
def test_a_lock_of_any_key_is_seen(link: PostgresLink, other: PostgresLink, key: int) -> None:
    assert other.take_lock(key)

    assert owner_lives(link, replace(_OTHERS, lock=key))


def test_what_a_dead_run_left_is_made_anew(
    link: PostgresLink, url_of: Callable[[str], DatabaseUrl]
) -> None:
    create(link, "app_test_gw0", _OTHERS)
    with psycopg.connect(_plain(url_of("app_test_gw0"))) as stale:
        stale.execute("CREATE TABLE leftover ()")
        stale.commit()

        assert create(link, "app_test_gw0", _OURS)

    assert link.mark_of("app_test_gw0") == _OURS
    with psycopg.connect(_plain(url_of("app_test_gw0"))) as fresh:
        assert fresh.execute("SELECT to_regclass('leftover')").fetchone() == (None,)


def test_a_database_of_a_live_run_is_refused(link: PostgresLink, other: PostgresLink) -> None:
    other.take_lock(_OTHERS.lock)
    create(other, "app_test_gw0", _OTHERS)

    with pytest.raises(MoonpoolError) as caught:
        create(link, "app_test_gw0", _OURS)

    assert caught.value.message == (
        "database `app_test_gw0` is in use by a run of `app` in `/checkout`"
    )
    assert "MOONPOOL_NAMESPACE" in caught.value.hint
    assert link.mark_of("app_test_gw0") == _OTHERS


def test_a_database_without_our_mark_is_never_replaced(
    link: PostgresLink,
) -> None:
    link.connection.execute("CREATE DATABASE app_test_gw0 TEMPLATE template0")

    with pytest.raises(MoonpoolError) as caught:
        create(link, "app_test_gw0", _OURS)

    assert caught.value.message == (
        "database `app_test_gw0` exists and was not made by moonpool, so it is not replaced"
    )
    assert caught.value.slug == "database-not-ours"
    assert not create(link, "app_test_gw0", _OURS, users_own=True)
    assert link.mark_of("app_test_gw0") is None


@pytest.mark.parametrize("name", ['größe "quoted" it\'s %s {}', "ü" * 31, " ", "UPPER", ";--"])
def test_names_of_any_letters_are_made_and_dropped(link: PostgresLink, name: str) -> None:
    create(link, name, _OURS)

    (found,) = list_databases(link)
    assert found.name == name
    assert drop(link, found)
    assert list_databases(link) == ()


def test_a_database_that_changed_hands_is_not_dropped(link: PostgresLink) -> None:
    create(link, "app_test_gw0", _OURS)

    assert not drop(link, MarkedDatabase("app_test_gw0", _OTHERS, lives=False))
    assert not drop(link, MarkedDatabase("absent", _OTHERS, lives=False))
    assert link.mark_of("app_test_gw0") == _OURS


def test_a_database_that_was_left_half_made_is_listed_and_dropped(
    link: PostgresLink, other: PostgresLink
) -> None:
    link.connection.execute(f"CREATE DATABASE {_MAKING} TEMPLATE template0")
    other.take_lock(_OTHERS.lock)
    assert list_databases(link) == (MarkedDatabase(_MAKING, None, lives=True),)
    other.connection.execute("SELECT pg_advisory_unlock_all()")

    (found,) = list_databases(link)

    assert found == MarkedDatabase(_MAKING, None, lives=False)
    assert drop(link, found)


def test_a_failure_while_making_leaves_nothing(link: PostgresLink) -> None:
    with pytest.raises(psycopg.Error):
        create(link, "", _OURS)

    assert list_databases(link) == ()


def test_whoever_finds_a_names_lock_held_gives_up_in_time(
    link: PostgresLink, other: PostgresLink
) -> None:
    other.connection.execute("SELECT pg_advisory_lock(%s)", (advisory_key("name", "app_test"),))
    link.connection.execute("SET lock_timeout = '50ms'")

    with pytest.raises(psycopg.errors.LockNotAvailable):
        create(link, "app_test", _OURS)


def _plain(url: DatabaseUrl) -> str:
    return url.text.replace("postgresql+psycopg:", "postgresql:")
