"""One connection for a test, whose transaction is rolled back: the fastest way to a clean state.

For synchronous code that takes its connection from the test; what commits elsewhere stays.
"""

from __future__ import annotations

import importlib.util
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moonpool.databases.drivers import synchronous_url
from moonpool.databases.mysql.options import connection_options
from moonpool.databases.urls import MYSQL, parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.databases.urls import DatabaseUrl

__all__ = ["rolled_back"]


@contextmanager
def rolled_back(text: str) -> Iterator[Any]:
    """A connection to the database of a URL within a transaction that never commits.

    It is SQLAlchemy's where that is installed, to be given to a session with
    ``join_transaction_mode="create_savepoint"``, and psycopg's or PyMySQL's otherwise.
    """
    if importlib.util.find_spec("sqlalchemy") is None:
        url = parse_url(text, origin="the database URL")
        with (_pymysql if url.dialect == MYSQL else _psycopg)(url) as connection:
            yield connection
        return
    from sqlalchemy import create_engine

    engine = _engines.get(text) or _engines.setdefault(text, create_engine(synchronous_url(text)))
    with engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        finally:
            transaction.rollback()


@contextmanager
def _psycopg(url: DatabaseUrl) -> Iterator[Any]:
    from moonpool.databases.connection import connect

    with connect(url, url.name) as connection, connection.transaction(force_rollback=True):
        yield connection


@contextmanager
def _pymysql(url: DatabaseUrl) -> Iterator[Any]:
    import pymysql

    connection = pymysql.connect(**connection_options(url), database=url.name)
    with connection:
        try:
            yield connection
        finally:
            connection.rollback()


# An engine keeps its connection, so that only the first test waits for one.
_engines: dict[str, Any] = {}
