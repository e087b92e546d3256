"""Rows that were written are deleted and kept rows come back, whoever wrote them and how."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from moonpool.databases.connection import connect
from moonpool.databases.dirty import DirtyRows
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.connection import Connection
    from moonpool.databases.urls import DatabaseUrl

    UrlOf = Callable[[str], DatabaseUrl]

SCHEMA = """
CREATE TABLE parent (id serial PRIMARY KEY, name text);
CREATE TABLE child (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id int NOT NULL REFERENCES parent,
    twice int GENERATED ALWAYS AS (parent_id * 2) STORED
);
CREATE TABLE audit (what text);
CREATE SCHEMA "Other Place";
CREATE UNLOGGED TABLE "Other Place"."odd ""name" (x int);
CREATE TABLE measured (day int, x int) PARTITION BY LIST (day);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES IN (1);
CREATE TABLE currency (code text PRIMARY KEY, title text);
INSERT INTO currency VALUES ('EUR', 'euro'), ('SEK', 'krona');
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO audit VALUES (tg_op); RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT OR DELETE ON parent FOR EACH ROW EXECUTE FUNCTION note();
"""
EVERY_ROW = """
SELECT 'parent', count(*) FROM parent UNION ALL SELECT 'child', count(*) FROM child
UNION ALL SELECT 'audit', count(*) FROM audit UNION ALL SELECT 'measured', count(*) FROM measured
UNION ALL SELECT 'odd', count(*) FROM "Other Place"."odd ""name"
UNION ALL SELECT string_agg(code || title, ',' ORDER BY code), count(*) FROM currency
"""
CLEAN = [
    ("parent", 0),
    ("child", 0),
    ("audit", 0),
    ("measured", 0),
    ("odd", 0),
    ("EUReuro,SEKkrona", 2),
]


@pytest.fixture(params=["superuser", "owner"])
def url(request: pytest.FixtureRequest, url_of: UrlOf) -> DatabaseUrl:
    """A database of a superuser, or of a role that may only do what its owner may."""
    with closing(connect(url_of("x"))) as connection:
        if request.param == "superuser":
            connection.execute("CREATE DATABASE dirty_test")
            return url_of("dirty_test")
        connection.execute("DROP ROLE IF EXISTS plain")
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'p'")
        connection.execute("CREATE DATABASE dirty_test OWNER plain")
    url = url_of("dirty_test")
    return type(url)(url.before.replace("postgres@", "plain:p@"), url.raw_name, url.after)


@pytest.fixture
def user(url: DatabaseUrl) -> Iterator[Connection]:
    """The tests' own connection, which commits."""
    with closing(connect(url, url.name)) as connection:
        connection.execute(SCHEMA)
        yield connection


@pytest.fixture
def rows(url: DatabaseUrl, user: Connection) -> Iterator[DirtyRows]:
    """Watches the database as it is with its schema and two currencies."""
    watched = DirtyRows.watch(url)
    watched.keep()
    yield watched
    watched.close()


def _every_row(user: Connection) -> list[tuple[Any, ...]]:
    return user.execute(EVERY_ROW).fetchall()


def _write(user: Connection) -> None:
    user.execute("INSERT INTO parent (name) VALUES ('a'), ('b')")
    user.execute("INSERT INTO child (parent_id) SELECT id FROM parent")
    user.execute('INSERT INTO "Other Place"."odd ""name" VALUES (1)')
    user.execute("INSERT INTO measured VALUES (1, 1)")


def test_written_rows_are_deleted_and_others_stay(user: Connection, rows: DirtyRows) -> None:
    _write(user)

    cleaned = rows.reset()

    assert _every_row(user) == CLEAN
    assert {"parent", "child", "audit", "measured_1"} <= set(cleaned.tables)
    assert not cleaned.schema_changed
    assert "currency" not in str(cleaned.tables)


def test_numbers_begin_again(user: Connection, rows: DirtyRows) -> None:
    for _ in range(3):
        _write(user)
        assert user.execute("SELECT min(id), max(id) FROM parent").fetchone() == (1, 2)
        assert user.execute("SELECT min(id), max(id) FROM child").fetchone() == (1, 2)
        rows.reset()


def test_rows_written_by_copy_and_left_by_truncate_count_too(
    user: Connection, rows: DirtyRows
) -> None:
    with user.cursor().copy("COPY audit FROM STDIN") as copy:
        copy.write_row(["x"])
    user.execute("TRUNCATE parent CASCADE")

    cleaned = rows.reset()

    assert _every_row(user) == CLEAN
    assert not cleaned.schema_changed


def test_rows_that_belong_to_the_schema_come_back(user: Connection, rows: DirtyRows) -> None:
    for change in (
        "DELETE FROM currency WHERE code = 'EUR'",
        "UPDATE currency SET title = 'x'",
        "INSERT INTO currency VALUES ('NOK', 'krone')",
        "DELETE FROM currency; INSERT INTO currency VALUES ('EUR', 'a'), ('SEK', 'b')",
        "TRUNCATE currency",
    ):
        user.execute(change)
        if "plain" in user.info.user:
            with pytest.raises(MoonpoolError, match="no right"):
                rows.reset()
            return
        assert rows.reset().tables == ("currency",)
        assert _every_row(user) == CLEAN


def test_what_was_kept_later_counts_as_clean(user: Connection, rows: DirtyRows) -> None:
    user.execute("INSERT INTO parent (name) VALUES ('stays')")
    rows.keep()
    _write(user)
    if "plain" in user.info.user:
        return

    rows.reset()

    assert user.execute("SELECT id, name FROM parent").fetchall() == [(1, "stays")]
    user.execute("INSERT INTO parent (name) VALUES ('next')")
    assert user.execute("SELECT max(id) FROM parent").fetchone() == (2,)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (x int)",
        "DROP TABLE child",
        "ALTER TABLE parent ADD COLUMN more int",
        "ALTER TABLE parent RENAME COLUMN name TO title",
        "ALTER TABLE parent ALTER COLUMN name SET DEFAULT 'x'",
        "ALTER TABLE parent ADD CHECK (id > 0)",
        "ALTER TABLE parent DISABLE TRIGGER note",
        "CREATE INDEX ON parent (name)",
        "CREATE VIEW seen AS SELECT * FROM parent",
        "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE TYPE mood AS ENUM ('good')",
        "CREATE SCHEMA more",
        "CREATE SEQUENCE more",
    ],
)
def test_a_changed_schema_is_noticed(change: str, url_of: UrlOf) -> None:
    with closing(connect(url_of("x"))) as connection:
        connection.execute("CREATE DATABASE dirty_test")
    with closing(connect(url_of("x"), "dirty_test")) as user:
        user.execute(SCHEMA)
        watched = DirtyRows.watch(url_of("dirty_test"))
        with closing(watched):
            watched.keep()
            assert not watched.reset().schema_changed
            user.execute(
                change.replace("LANGUAGE plpgsql AS 'BEGIN END'", "LANGUAGE plpgsql AS 'BEGIN END'")
            )

            assert watched.reset().schema_changed


def test_temporary_tables_and_upkeep_are_no_change_of_schema(
    user: Connection, rows: DirtyRows
) -> None:
    user.execute("CREATE TEMP TABLE scratch (id serial PRIMARY KEY)")
    user.execute("INSERT INTO scratch DEFAULT VALUES")
    _write(user)
    user.execute("ANALYZE")
    user.execute("VACUUM parent")

    assert not rows.reset().schema_changed
    assert user.execute("SELECT count(*) FROM scratch").fetchone() == (1,)


def test_a_forgotten_transaction_is_named_and_ended(
    url: DatabaseUrl, user: Connection, rows: DirtyRows
) -> None:
    user.execute("INSERT INTO parent (name) VALUES ('a')")
    forgotten = connect(url, url.name)
    forgotten.execute("SET application_name = 'the forgotten one'")
    forgotten.execute("BEGIN")
    forgotten.execute("UPDATE parent SET name = 'b'")

    cleaned = rows.reset()

    assert _every_row(user) == CLEAN
    (note,) = cleaned.notes
    assert "a session of `the forgotten one` (pid " in note
    assert "was ended: idle in transaction for " in note
    assert "last statement `UPDATE parent SET name = 'b'`" in note
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")


def test_a_forgotten_transaction_is_ended_though_its_rows_are_locked_for_nobody(
    url: DatabaseUrl, user: Connection, rows: DirtyRows
) -> None:
    with closing(connect(url, url.name)) as forgotten:
        forgotten.execute("BEGIN")
        forgotten.execute("INSERT INTO parent (name) VALUES ('nobody saw it')")

        (note,) = rows.reset().notes

        assert f"(pid {forgotten.info.backend_pid}) left a transaction open" in note
        with pytest.raises(psycopg.OperationalError):
            forgotten.execute("COMMIT")
    assert _every_row(user) == CLEAN
    user.execute("INSERT INTO parent (name) VALUES ('next')")
    assert user.execute("SELECT id FROM parent").fetchone() == (1,)


def test_a_transaction_that_is_still_being_committed_is_waited_for(
    url: DatabaseUrl, user: Connection, rows: DirtyRows
) -> None:
    with closing(connect(url, url.name)) as late:
        late.execute("BEGIN")
        late.execute("INSERT INTO parent (name) VALUES ('late')")
        committing = threading.Timer(0.2, late.execute, ["COMMIT"])
        committing.start()

        cleaned = rows.reset()
        committing.join()

        assert cleaned.notes == ()
        assert "parent" in cleaned.tables
        assert _every_row(user) == CLEAN
        late.execute("SELECT 1")


def test_a_transaction_from_before_the_test_is_not_its_own(
    url: DatabaseUrl, user: Connection, rows: DirtyRows
) -> None:
    with closing(connect(url, url.name)) as wider:
        wider.execute("BEGIN")
        wider.execute("INSERT INTO parent (name) VALUES ('of a wider fixture')")
        rows.keep()
        user.execute("INSERT INTO parent (name) VALUES ('of the test')")

        assert rows.reset().notes == ()

        assert wider.execute("SELECT name FROM parent").fetchall() == [("of a wider fixture",)]


def test_deleted_rows_do_not_pile_up(user: Connection, rows: DirtyRows) -> None:
    if "plain" in user.info.user:
        return
    for _ in range(40):
        user.execute("INSERT INTO audit SELECT repeat('x', 500) FROM generate_series(1, 500)")
        rows.reset()
    (size,) = user.execute("SELECT pg_relation_size('audit')").fetchone() or (None,)
    assert isinstance(size, int)
    assert size < 20 * 500 * 500
