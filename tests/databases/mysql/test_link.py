"""Databases on MySQL and MariaDB appear with their mark and go only by it."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.lifecycle import (
    MarkedDatabase,
    create,
    drop,
    is_foreign,
    list_databases,
    owner_lives,
)
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.mysql import marking
from moonpool.databases.mysql.connection import Session, connect
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonpool.databases.mysql.link import MysqlLink
    from moonpool.databases.urls import DatabaseUrl

    UrlOf = Callable[[str], DatabaseUrl]
    Names = Callable[[], list[str]]

_PATIENCE_SECONDS = 10.0


def _mark(run: str) -> Mark:
    return Mark("app", "/checkout", run, "boot", "2026-01-01", advisory_key("r", run))


_OURS, _OTHERS = _mark("ours"), _mark("others")


def test_a_database_is_made_once_with_its_mark(link: MysqlLink) -> None:
    assert create(link, "app_test_gw0", _OURS)
    assert not create(link, "app_test_gw0", _OURS)

    assert link.mark_of("app_test_gw0") == _OURS
    assert list_databases(link) == (MarkedDatabase("app_test_gw0", _OURS, lives=False),)


def test_no_table_shows_the_mark(link: MysqlLink, admin: Session) -> None:
    create(link, "app_test_gw0", _OURS)

    assert admin.execute("SHOW FULL TABLES FROM app_test_gw0") == []


def test_an_owner_lives_while_its_connection_holds_the_lock(
    link: MysqlLink, other: MysqlLink
) -> None:
    assert other.take_lock(_OTHERS.lock)

    assert owner_lives(link, _OTHERS)
    assert link.holders(_OTHERS.lock) == {other.session}
    assert not link.take_lock(_OTHERS.lock)
    other.close()
    link.await_lock(_OTHERS.lock)
    link.release_lock(_OTHERS.lock)
    assert not owner_lives(link, _OTHERS)


@pytest.mark.parametrize("key", [0, 1, -1, 2**63 - 1, -(2**63)])
def test_a_lock_of_any_key_is_seen(link: MysqlLink, other: MysqlLink, key: int) -> None:
    assert other.take_lock(key)

    assert owner_lives(link, replace(_OTHERS, lock=key))


def test_one_connection_holds_many_locks(link: MysqlLink, other: MysqlLink) -> None:
    assert all(other.take_lock(key) for key in range(3))

    assert [bool(link.holders(key)) for key in range(4)] == [True, True, True, False]


def test_what_a_dead_run_left_is_made_anew(link: MysqlLink, admin: Session) -> None:
    create(link, "app_test_gw0", _OTHERS)
    admin.execute("CREATE TABLE app_test_gw0.leftover (x int)")

    assert create(link, "app_test_gw0", _OURS)

    assert link.mark_of("app_test_gw0") == _OURS
    assert admin.execute("SHOW TABLES FROM app_test_gw0") == []


def test_a_killed_runs_open_transaction_does_not_keep_its_database(
    link: MysqlLink, url_of: UrlOf
) -> None:
    create(link, "app_test_gw0", _OTHERS)
    with closing(connect(url_of("x"), "app_test_gw0")) as stale:
        stale.execute("CREATE TABLE t (x int)")
        stale.execute("BEGIN")
        stale.execute("INSERT INTO t VALUES (1)")
        begun = time.monotonic()

        assert create(link, "app_test_gw0", _OURS)

        assert time.monotonic() - begun < _PATIENCE_SECONDS


def test_a_database_of_a_live_run_is_refused(link: MysqlLink, other: MysqlLink) -> None:
    other.take_lock(_OTHERS.lock)
    create(other, "app_test_gw0", _OTHERS)

    with pytest.raises(MoonpoolError) as caught:
        create(link, "app_test_gw0", _OURS)

    assert caught.value.message == (
        "database `app_test_gw0` is in use by a run of `app` in `/checkout`"
    )
    assert link.mark_of("app_test_gw0") == _OTHERS


def test_a_database_without_our_mark_is_never_replaced(link: MysqlLink, admin: Session) -> None:
    admin.execute("CREATE DATABASE app_test_gw0")

    with pytest.raises(MoonpoolError) as caught:
        create(link, "app_test_gw0", _OURS)

    assert caught.value.message == (
        "database `app_test_gw0` exists and was not made by moonpool, so it is not replaced"
    )
    assert not create(link, "app_test_gw0", _OURS, users_own=True)
    assert is_foreign(link, "app_test_gw0")
    assert not is_foreign(link, "app_test_gw1")


@pytest.mark.parametrize(
    "comment", ["", "mine", '{"moonpool": 99}', '{"moonpool": 1, "lock": "x"}', "[1]"]
)
def test_somebody_elses_procedure_of_that_name_is_no_mark(
    link: MysqlLink, admin: Session, comment: str
) -> None:
    admin.execute("CREATE DATABASE app_test_gw0")
    making = f"CREATE PROCEDURE app_test_gw0.{marking.MARKER}() COMMENT %s DO 0"
    admin.execute(making, (comment,))

    assert is_foreign(link, "app_test_gw0")
    assert list_databases(link) == ()
    assert link.list_templates() == ()


def test_a_half_filled_database_is_made_anew_by_its_own_run(
    link: MysqlLink, admin: Session
) -> None:
    create(link, "app_test_gw0", _OURS)
    comment = marking.comment_of(admin, "app_test_gw0")
    assert comment is not None
    marking.set_comment(admin, "app_test_gw0", marking.unfinished(comment))
    admin.execute("CREATE TABLE app_test_gw0.half (x int)")
    assert list_databases(link) == (MarkedDatabase("app_test_gw0", _OURS, lives=False),)

    assert create(link, "app_test_gw0", _OURS)

    assert admin.execute("SHOW TABLES FROM app_test_gw0") == []


def test_a_database_takes_over_the_character_set_of_the_users_own(
    link: MysqlLink, admin: Session
) -> None:
    admin.execute("CREATE DATABASE app_test CHARACTER SET utf8mb4 COLLATE utf8mb4_swedish_ci")

    create(link, "app_test_gw0", _OURS)

    assert admin.execute(
        "SELECT default_collation_name FROM information_schema.schemata"
        " WHERE schema_name = 'app_test_gw0'"
    ) == [("utf8mb4_swedish_ci",)]


@pytest.mark.parametrize(
    "name", ['größe "quoted" it\'s %s {} `x`', "ü" * 30, "a.b/c", "UPPER", ";--", "x" * 64]
)
def test_names_of_any_letters_are_made_and_dropped(link: MysqlLink, name: str) -> None:
    create(link, name, _OURS)

    (found,) = list_databases(link)
    assert found.name == name
    assert drop(link, found)
    assert list_databases(link) == ()


def test_names_that_differ_in_case_alone_are_two(link: MysqlLink, admin: Session) -> None:
    if admin.execute("SELECT @@lower_case_table_names") != [(0,)]:
        pytest.skip("this server takes both for one")
    admin.execute("CREATE DATABASE APP_test_gw0")

    assert create(link, "app_test_gw0", _OURS)

    assert is_foreign(link, "APP_test_gw0")


def test_a_database_that_changed_hands_is_not_dropped(link: MysqlLink) -> None:
    create(link, "app_test_gw0", _OURS)

    assert not drop(link, MarkedDatabase("app_test_gw0", _OTHERS, lives=False))
    assert not drop(link, MarkedDatabase("absent", _OTHERS, lives=False))
    assert link.mark_of("app_test_gw0") == _OURS
