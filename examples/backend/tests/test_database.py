"""The database is this process's own: nobody else's rows, nobody else's tables."""

import os

import pytest
from backend.database import SessionFactory, engine
from backend.models import Account, Base
from bookkeeper import Bookkeeper
from core import AccountType
from ownership import OWNERS
from sqlalchemy import func, make_url, select, text
from sqlalchemy.orm import Session

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
SUFFIX = f"_{WORKER}" if WORKER else ""


def database_name(session: Session) -> str:
    return str(session.execute(text("select current_database()")).scalar_one())


def count_accounts(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Account)).scalar_one()


def test_a_worker_s_database_is_named_after_it(session: Session) -> None:
    configured = make_url(os.environ["DATABASE_URL"]).database or ""
    name = database_name(session)
    assert name.startswith(configured.removesuffix(SUFFIX))
    assert name.endswith(SUFFIX), f"worker {WORKER} was given the database {name}"


def test_the_engine_uses_the_database_that_the_environment_names(session: Session) -> None:
    assert engine.url == make_url(os.environ["DATABASE_URL"])
    assert database_name(session) == engine.url.database


def test_the_tables_are_those_that_this_process_made(session: Session) -> None:
    owners = session.scalars(select(OWNERS.c.pid)).all()
    assert list(owners) == [os.getpid()], "another process made these tables anew"


def test_committed_rows_are_all_ours(session: Session) -> None:
    for number in range(60):
        session.add(Account(code=f"{number}", name="Mine", type=AccountType.ASSET))
        session.commit()
        assert count_accounts(session) == number + 1, "somebody else writes to this database"


def test_what_one_session_commits_another_one_sees(session: Session, books: Bookkeeper) -> None:
    books.account("1")
    assert count_accounts(session) == 1
    with SessionFactory() as other:
        other.add(Account(code="2", name="Other", type=AccountType.ASSET))
        other.commit()
    assert [account["code"] for account in books.ask("/accounts")["items"]] == ["1", "2"]


@pytest.mark.parametrize("run", [1, 2])
def test_no_test_finds_the_rows_of_another(session: Session, run: int) -> None:
    for table in Base.metadata.sorted_tables:
        assert session.execute(select(func.count()).select_from(table)).scalar_one() == 0
    session.add(Account(code="same", name=f"Run {run}", type=AccountType.ASSET))
    session.commit()
