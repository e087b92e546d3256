"""Rows that were written are deleted and kept rows come back, whoever wrote them and how."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pymysql
import pytest

from moonpool.databases.mysql.connection import Session, connect
from moonpool.databases.mysql.rows import Rows
from moonpool.databases.mysql.scripts import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.urls import DatabaseUrl
    from tests.support.mysql import MysqlServer

SCHEMA = """
CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, name text);
CREATE TABLE child (
    id int AUTO_INCREMENT PRIMARY KEY, parent_id int NOT NULL, twice int AS (parent_id * 2) STORED,
    FOREIGN KEY (parent_id) REFERENCES parent (id)
);
CREATE TABLE audit (what text);
CREATE TABLE `odd ``%name` (`x %s` int) ENGINE = MyISAM;
CREATE TABLE measured (day int, x int) PARTITION BY HASH (day) PARTITIONS 2;
CREATE TABLE gone (id int AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE currency (
    id int AUTO_INCREMENT PRIMARY KEY, code varchar(3) COLLATE utf8mb4_bin, title blob,
    place point, day date, UNIQUE (code)
) DEFAULT CHARSET = utf8mb4;
INSERT INTO gone VALUES (), ();
DELETE FROM gone;
INSERT INTO currency (code, title, place) VALUES ('EUR', 'euro', POINT(1, 2)), ('SEK', NULL, NULL);
"""
TRIGGERS = """
DELIMITER //
CREATE TRIGGER note AFTER INSERT ON parent FOR EACH ROW INSERT INTO audit VALUES ('new')//
CREATE TRIGGER wrote AFTER INSERT ON currency FOR EACH ROW INSERT INTO audit VALUES ('new')//
CREATE TRIGGER lost AFTER DELETE ON parent FOR EACH ROW INSERT INTO audit VALUES ('old')//
"""
COUNTS = """
SELECT 'parent', COUNT(*) FROM parent UNION ALL SELECT 'child', COUNT(*) FROM child
UNION ALL SELECT 'audit', COUNT(*) FROM audit UNION ALL SELECT 'measured', COUNT(*) FROM measured
UNION ALL SELECT 'odd', COUNT(*) FROM `odd ``%name`
UNION ALL SELECT CONVERT(GROUP_CONCAT(id, code, COALESCE(title, '-') ORDER BY id) USING utf8mb4),
    COUNT(*) FROM currency
"""
CLEAN = [
    ("parent", 0),
    ("child", 0),
    ("audit", 0),
    ("measured", 0),
    ("odd", 0),
    ("1EUReuro,2SEK-", 2),
]
# A CI's user: what its own databases need, and nothing of the server's.
_USER = """
DROP USER IF EXISTS plain; CREATE USER plain IDENTIFIED BY 'p';
GRANT ALL ON `dirty\\_test%`.* TO plain
"""


@pytest.fixture
def user(request: pytest.FixtureRequest, admin: Session, url: DatabaseUrl) -> Iterator[Session]:
    """The tests' own connection, which commits."""
    admin.execute("CREATE DATABASE dirty_test")
    with closing(connect(url, "dirty_test")) as session:
        for part in statements(SCHEMA + getattr(request, "param", "")):
            session.execute(part)
        yield session


@pytest.fixture
def url(admin: Session, server: MysqlServer, url_of: Callable[[str], DatabaseUrl]) -> DatabaseUrl:
    """The database as a user without any right on the server sees it."""
    admin.execute(_USER)
    url = url_of("dirty_test")
    return type(url)(url.before.replace("root@", "plain:p@"), url.raw_name, url.after)


@pytest.fixture
def rows(url: DatabaseUrl, user: Session) -> Iterator[Rows]:
    """Watches the database as it is with its schema and two currencies."""
    watched = Rows.watch(url)
    watched.keep()
    yield watched
    watched.close()


def _counts(user: Session) -> list[tuple[Any, ...]]:
    return user.execute(COUNTS)


def _write(user: Session) -> None:
    user.execute("INSERT INTO parent (name) VALUES ('a'), ('b')")
    user.execute("INSERT INTO child (parent_id) SELECT id FROM parent")
    user.execute("INSERT INTO `odd ``%name` VALUES (1)")
    user.execute("INSERT INTO measured VALUES (1, 1), (2, 2)")


@pytest.mark.parametrize("user", ["", TRIGGERS], ids=["silent", "triggers"], indirect=True)
def test_written_rows_are_deleted_and_others_stay(user: Session, rows: Rows) -> None:
    _write(user)

    cleaned = rows.reset()

    assert _counts(user) == CLEAN
    assert {"parent", "child", "odd `%name", "measured"} <= set(cleaned.tables)
    assert "currency" not in cleaned.tables
    assert not cleaned.schema_changed
    assert rows.reset().tables == ()


@pytest.mark.parametrize("user", ["", TRIGGERS], ids=["silent", "triggers"], indirect=True)
def test_numbers_begin_again(user: Session, rows: Rows) -> None:
    for _ in range(3):
        _write(user)
        user.execute("INSERT INTO gone VALUES ()")
        assert user.execute("SELECT MIN(id), MAX(id) FROM parent") == [(1, 2)]
        assert user.execute("SELECT MIN(id), MAX(id) FROM child") == [(1, 2)]
        assert user.execute("SELECT id FROM gone") == [(3,)]
        rows.reset()


def test_numbers_that_no_row_took_begin_again_too(user: Session, rows: Rows) -> None:
    user.execute("BEGIN; INSERT INTO parent (name) VALUES ('a'); ROLLBACK")
    user.execute("INSERT INTO currency (code) VALUES ('NOK'); DELETE FROM currency WHERE id > 2")

    rows.reset()

    user.execute("INSERT INTO parent (name) VALUES ('b')")
    user.execute("INSERT INTO currency (code) VALUES ('NOK')")
    assert user.execute("SELECT id FROM parent") == [(1,)]
    assert user.execute("SELECT MAX(id) FROM currency") == [(3,)]


@pytest.mark.parametrize("user", ["", TRIGGERS], ids=["silent", "triggers"], indirect=True)
def test_rows_that_belong_to_the_schema_come_back(user: Session, rows: Rows) -> None:
    for change in (
        "DELETE FROM currency WHERE code = 'EUR'",
        "UPDATE currency SET title = 'x' WHERE id = 2",
        "UPDATE currency SET title = '' WHERE id = 2",
        "UPDATE currency SET title = IF(id = 1, NULL, 'euro')",
        "UPDATE currency SET place = POINT(1, 3) WHERE id = 1",
        "UPDATE currency SET code = 'eur' WHERE id = 1",
        "INSERT INTO currency (code) VALUES ('NOK')",
        "TRUNCATE currency",
    ):
        user.execute(change)

        assert "currency" in rows.reset().tables
        assert _counts(user) == CLEAN
        assert user.execute("SELECT ST_AsText(place) FROM currency") == [("POINT(1 2)",), (None,)]


def test_what_was_kept_later_counts_as_clean(user: Session, rows: Rows) -> None:
    user.execute("INSERT INTO parent (name) VALUES ('stays')")
    rows.keep()
    _write(user)

    rows.reset()

    assert user.execute("SELECT id, name FROM parent") == [(1, "stays")]
    user.execute("INSERT INTO parent (name) VALUES ('next')")
    assert user.execute("SELECT MAX(id) FROM parent") == [(2,)]


def test_a_forgotten_transaction_is_named_and_ended(
    url: DatabaseUrl, user: Session, admin: Session
) -> None:
    admin.execute("GRANT PROCESS ON *.* TO plain")
    rows = Rows.watch(url)
    rows.keep()
    with closing(connect(url, url.name)) as forgotten, closing(rows):
        forgotten.execute("BEGIN; INSERT INTO parent (name) VALUES ('nobody saw it')")

        cleaned = rows.reset()

        assert _counts(user) == CLEAN
        (note,) = cleaned.notes
        assert f"a session (id {forgotten.number}) kept tables of `dirty_test` locked" in note
        assert "after the test and was ended: Sleep for " in note
        with pytest.raises(pymysql.OperationalError):
            forgotten.execute("SELECT 1")


def test_who_may_not_see_transactions_has_all_sessions_of_the_database_ended(
    url: DatabaseUrl, user: Session, rows: Rows, admin: Session
) -> None:
    with closing(connect(url, url.name)) as forgotten:
        forgotten.execute("BEGIN; INSERT INTO parent (name) VALUES ('nobody saw it')")

        ended = " ".join(rows.reset().notes)

        assert f"id {forgotten.number})" in ended
        assert f"id {user.number})" in ended
        assert admin.execute("SELECT COUNT(*) FROM dirty_test.parent") == [(0,)]


def test_whoever_only_reads_without_a_transaction_stays(
    url: DatabaseUrl, user: Session, rows: Rows
) -> None:
    with closing(connect(url, url.name)) as reader:
        reader.execute("SELECT * FROM parent")
        _write(user)

        assert rows.reset().notes == ()

        assert reader.execute("SELECT COUNT(*) FROM parent") == [(0,)]


def test_a_changed_schema_is_noticed_and_rows_go_all_the_same(user: Session, rows: Rows) -> None:
    for change in (
        "CREATE TABLE more (x int)",
        "DROP TABLE child",
        "ALTER TABLE parent ADD COLUMN more int",
        "ALTER TABLE parent CHANGE name title text",
        "ALTER TABLE parent ALTER COLUMN title SET DEFAULT ('x')",
        "ALTER TABLE measured ADD CHECK (x > 0)",
        "CREATE INDEX more ON measured (x)",
        "CREATE VIEW seen AS SELECT * FROM parent",
        "CREATE TRIGGER more AFTER INSERT ON audit FOR EACH ROW DO 1",
        "CREATE PROCEDURE more() DO 1",
        "RENAME TABLE audit TO audits",
        "PREPARE p FROM 'CREATE TABLE prepared (x int)'; EXECUTE p",
        "CREATE PROCEDURE make() CREATE TABLE called (x int); CALL make(); DROP PROCEDURE make",
    ):
        user.execute("INSERT INTO measured VALUES (1, 1)")
        user.execute(change)

        assert rows.reset().schema_changed, change
        assert user.execute("SELECT COUNT(*) FROM measured") == [(0,)]
        rows.keep()
        assert not rows.reset().schema_changed


def test_temporary_tables_and_others_databases_are_no_change_of_schema(
    user: Session, rows: Rows, admin: Session
) -> None:
    user.execute("CREATE TEMPORARY TABLE scratch (id int); INSERT INTO scratch VALUES (1)")
    admin.execute("CREATE DATABASE other; CREATE TABLE other.t (x int)")
    _write(user)

    assert not rows.reset().schema_changed
    assert user.execute("SELECT COUNT(*) FROM scratch") == [(1,)]
