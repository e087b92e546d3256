"""The tables once per session, no rows left behind by a test, and a client of the API.

The application commits, so a test is undone by deleting rows rather than by a rollback.
"""

import os
from collections.abc import Iterator

import pytest
from backend.app import app
from backend.database import SessionFactory, engine
from backend.models import Account, Base
from bookkeeper import CHART, Bookkeeper
from core import AccountType
from fastapi.testclient import TestClient
from ownership import OWNERS
from sqlalchemy import insert
from sqlalchemy.orm import Session


@pytest.fixture(scope="session", autouse=True)
def schema() -> Iterator[None]:
    """Make the tables anew, in a database that is certainly meant for it."""
    assert "test" in (engine.url.database or ""), "found a database that is not for tests"
    for metadata in (Base.metadata, OWNERS.metadata):
        metadata.drop_all(engine)
        metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(OWNERS).values(pid=os.getpid()))
    yield
    engine.dispose()


@pytest.fixture(autouse=True)
def no_rows_left() -> Iterator[None]:
    """Delete all rows after the test, those that refer to others first."""
    yield
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def session() -> Iterator[Session]:
    """A session of the test's own, beside those of the application."""
    with SessionFactory() as opened:
        yield opened


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """A client whose event loop serves all requests of the session."""
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def books(client: TestClient) -> Bookkeeper:
    """Empty books."""
    return Bookkeeper(client)


@pytest.fixture
def ledger(books: Bookkeeper) -> Bookkeeper:
    """Books with a small chart of accounts, and nothing posted.

    The rows are written past the API: eight requests before each of 200 tests would be the greater
    part of their time.
    """
    rows = [
        {"code": code, "name": name, "type": AccountType(kind), "archived": False}
        for code, (name, kind) in CHART.items()
    ]
    with engine.begin() as connection:
        connection.execute(insert(Account), rows)
    return books
