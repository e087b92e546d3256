"""A copy holds everything that its source holds, and refers to nothing outside of itself."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pymysql
import pytest

from moonpool.databases.mysql import marking
from moonpool.databases.mysql.connection import Session, connect
from moonpool.databases.mysql.copying import copy_database, empty_out
from moonpool.databases.mysql.scripts import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.urls import DatabaseUrl

SCHEMA = """
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; SET foreign_key_checks = 0;
CREATE TABLE child (
    id int AUTO_INCREMENT PRIMARY KEY, parent_id int NOT NULL, note text DEFAULT 'it''s `x`',
    twice int AS (parent_id * 2) STORED, thrice int AS (parent_id * 3) VIRTUAL,
    CONSTRAINT kin FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE,
    CONSTRAINT positive CHECK (parent_id >= 0)
);
CREATE TABLE parent (
    id int AUTO_INCREMENT PRIMARY KEY, name varchar(80) COLLATE utf8mb4_bin UNIQUE
);
CREATE TABLE `odd ``%s name` (`a %s b` int, day date) PARTITION BY HASH (`a %s b`) PARTITIONS 2;
CREATE TABLE audit (what text) ENGINE = MyISAM;
INSERT INTO parent VALUES (0, 'größe'), (9, 'nine');
INSERT INTO child (parent_id) VALUES (0), (9);
DELETE FROM child WHERE id = 2;
INSERT INTO `odd ``%s name` VALUES (1, '0000-00-00'), (2, NULL);
DELIMITER //
CREATE FUNCTION how_many() RETURNS int READS SQL DATA
BEGIN DECLARE n int; SELECT COUNT(*) INTO n FROM parent; RETURN n; END//
CREATE PROCEDURE fill(IN many int) BEGIN INSERT INTO audit VALUES ('filled'); END//
CREATE TRIGGER note AFTER INSERT ON parent FOR EACH ROW
BEGIN INSERT INTO audit VALUES ('in;serted'); END//
DELIMITER ;
CREATE VIEW b_view AS SELECT name, how_many() AS n FROM parent;
CREATE VIEW a_view AS SELECT * FROM b_view JOIN child ON child.id = b_view.n;
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM audit;
"""
# View -> (the column that names the database, what describes an object in any database).
_DESCRIBED = {
    "tables": (
        "table_schema",
        "table_name, table_type, engine, auto_increment, table_collation, create_options",
    ),
    "columns": (
        "table_schema",
        "table_name, column_name, column_type, column_default, extra, collation_name",
    ),
    "statistics": ("table_schema", "table_name, index_name, seq_in_index, column_name"),
    "partitions": ("table_schema", "table_name, partition_name, partition_method"),
    "referential_constraints": (
        "constraint_schema",
        "constraint_name, table_name, referenced_table_name, delete_rule",
    ),
    "check_constraints": ("constraint_schema", "constraint_name, check_clause"),
    "triggers": (
        "trigger_schema",
        "trigger_name, event_object_table, action_statement, sql_mode",
    ),
    "routines": ("routine_schema", "routine_name, routine_definition, sql_mode"),
    "events": ("event_schema", "event_name, event_definition, status"),
}


@pytest.fixture
def session(admin: Session, url_of: Callable[[str], DatabaseUrl]) -> Iterator[Session]:
    """Our session, beside a filled database `one_test` and an empty `two_test`."""
    for name in ("one_test", "two_test"):
        marking.make_marked(admin, name, name, "mysql")
    with closing(connect(url_of("x"), "one_test")) as filling:
        filling.execute("ALTER DATABASE one_test CHARACTER SET utf8mb4")
        filling.execute("ALTER DATABASE two_test CHARACTER SET utf8mb4")
        for part in statements(SCHEMA):
            filling.execute(part)
    with closing(connect(url_of("x"))) as opened:
        yield opened


def _described(session: Session, name: str) -> list[list[str]]:
    return [
        sorted(
            repr(row)
            for row in session.execute(
                f"SELECT {columns} FROM information_schema.{view} WHERE {where} = '{name}'"
            )
        )
        for view, (where, columns) in _DESCRIBED.items()
    ]


def test_a_copy_holds_all_that_its_source_holds(session: Session, admin: Session) -> None:
    copy_database(session, "one_test", "two_test")

    assert _described(admin, "two_test") == _described(admin, "one_test")
    for table in ("parent", "child", "`odd ``%s name`", "audit", "a_view"):
        ours, theirs = (
            admin.execute(f"SELECT * FROM {name}.{table}") for name in ("two_test", "one_test")
        )
        assert ours == theirs, table


def test_a_copy_stands_by_itself(session: Session, admin: Session) -> None:
    copy_database(session, "one_test", "two_test")
    admin.execute("DROP DATABASE one_test; USE two_test")

    admin.execute("INSERT INTO parent (name) VALUES ('new'); CALL fill(1)")
    assert admin.execute("SELECT what FROM audit") == [("in;serted",), ("filled",)]
    assert admin.execute("SELECT name, n FROM b_view WHERE name = 'new'") == [("new", 3)]
    with pytest.raises(pymysql.IntegrityError):
        admin.execute("INSERT INTO child (parent_id) VALUES (5)")


def test_sequences_go_on_where_the_sources_do(session: Session, admin: Session) -> None:
    if "mariadb" not in admin.version.lower():
        pytest.skip("MySQL has no sequences")
    admin.execute("USE one_test; CREATE SEQUENCE numbers START WITH 5 NOCACHE")
    admin.execute("CREATE TABLE a_first (id int DEFAULT NEXTVAL(numbers))")
    assert admin.execute("SELECT NEXTVAL(numbers)") == [(5,)]

    copy_database(session, "one_test", "two_test")

    admin.execute("DROP DATABASE one_test; USE two_test; INSERT INTO a_first VALUES ()")
    assert admin.execute("SELECT id FROM a_first") == [(6,)]


def test_only_the_mark_is_left_of_what_is_emptied_out(session: Session, admin: Session) -> None:
    empty_out(session, "one_test")

    assert _described(admin, "one_test") == _described(admin, "two_test")
    assert marking.comment_of(admin, "one_test") == "one_test"
    copy_database(session, "one_test", "two_test")


def test_a_view_that_cannot_be_made_is_an_error(session: Session, admin: Session) -> None:
    admin.execute("DROP TABLE one_test.child")

    with pytest.raises(pymysql.Error):
        copy_database(session, "one_test", "two_test")
