"""The strategies on one worker's database, with a template and without."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.cleaner import CLONE, DIRTY
from moonpool.databases.lifecycle import create
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.mysql.cleaner import MysqlCleaner
from moonpool.databases.mysql.connection import connect
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.databases.mysql.connection import Session
    from moonpool.databases.mysql.link import MysqlLink
    from moonpool.databases.urls import DatabaseUrl

_MARK = Mark("app", "/c", "run", "", "", advisory_key("run", "run"))
_SCHEMA = """
CREATE TABLE thing (id int AUTO_INCREMENT PRIMARY KEY); CREATE TABLE kind (name text);
INSERT INTO kind VALUES ('a'); CREATE VIEW seen AS SELECT * FROM kind
"""


@pytest.fixture
def template(admin: Session) -> str:
    """A database to be copied."""
    admin.execute(f"CREATE DATABASE template_test; USE template_test; {_SCHEMA}")
    return "template_test"


@pytest.fixture
def user(link: MysqlLink, template: str, url_of: Callable[[str], DatabaseUrl]) -> Iterator[Session]:
    """The tests' own connection to the worker's database, which commits."""
    create(link, "app_test_gw0", _MARK, template=template)
    with closing(connect(url_of("x"), "app_test_gw0")) as session:
        yield session


@pytest.mark.parametrize("strategy", [DIRTY, CLONE])
def test_a_changed_schema_is_brought_back_and_connections_stay(
    strategy: str,
    user: Session,
    template: str,
    link: MysqlLink,
    url_of: Callable[[str], DatabaseUrl],
) -> None:
    cleaner = MysqlCleaner(url_of("app_test_gw0"), template)
    for _ in range(2):
        cleaner.begin(strategy, stale=False)
        user.execute("INSERT INTO thing VALUES (); DROP TABLE kind; CREATE TABLE more (x int)")

        assert cleaner.clean(strategy) == ()

        assert user.execute("SHOW TABLES") == [("kind",), ("seen",), ("thing",)]
        assert user.execute("SELECT name FROM seen") == [("a",)]
        assert user.execute("SELECT COUNT(*) FROM thing") == [(0,)]
        assert link.mark_of("app_test_gw0") == _MARK
    cleaner.close()


def test_without_a_template_a_changed_schema_stays_and_is_told(
    user: Session, url_of: Callable[[str], DatabaseUrl]
) -> None:
    cleaner = MysqlCleaner(url_of("app_test_gw0"), None)
    cleaner.begin(DIRTY, stale=True)
    user.execute("CREATE TABLE more (x int); INSERT INTO more VALUES (1)")

    (note,) = cleaner.clean(DIRTY)

    assert note.startswith("the schema of `app_test_gw0` was changed and stays so: ")
    assert user.execute("SELECT COUNT(*) FROM more") == [(0,)]
    assert cleaner.clean(DIRTY) == ()
    cleaner.close()
    with pytest.raises(MoonpoolError, match="a fresh clone needs a template"):
        cleaner.begin(CLONE, stale=True)


def test_a_forgotten_transaction_does_not_keep_a_fresh_copy_away(
    user: Session, template: str, url_of: Callable[[str], DatabaseUrl]
) -> None:
    cleaner = MysqlCleaner(url_of("app_test_gw0"), template)
    cleaner.begin(CLONE, stale=True)
    user.execute("BEGIN; SELECT * FROM kind")

    (note,) = cleaner.clean(CLONE)

    assert f"a session (id {user.number}) kept tables of `app_test_gw0` locked" in note
    cleaner.close()


def test_a_cleaner_whose_session_was_ended_copies_the_template(
    user: Session, template: str, admin: Session, url_of: Callable[[str], DatabaseUrl]
) -> None:
    cleaner = MysqlCleaner(url_of("app_test_gw0"), template)
    cleaner.begin(DIRTY, stale=True)
    user.execute("UPDATE kind SET name = 'b'")
    for number, _, _, database, *_ in admin.execute("SHOW PROCESSLIST"):
        if database == "app_test_gw0" and number != user.number:
            admin.execute(f"KILL {number}")

    assert cleaner.clean(DIRTY) == ()

    assert user.execute("SELECT name FROM kind") == [("a",)]
    cleaner.close()
