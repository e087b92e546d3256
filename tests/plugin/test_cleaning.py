"""Every test of a real pytest run finds a clean database, whatever the others did to theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.postgres import needs_postgres

if TYPE_CHECKING:
    from tests.support.project import PytestProject

CONFIG = """
[tool.pytest.ini_options]
filterwarnings = ["error"]
[tool.moonpool.databases]
urls = ["DATABASE_URL"]
default = "postgresql+psycopg:///ledger_test"
"""
TEMPLATE = """
[tool.moonpool.databases.template]
sql = ["schema.sql"]
"""
SCHEMA = """
CREATE TABLE thing (id serial PRIMARY KEY);
CREATE TABLE kind (name text);
INSERT INTO kind VALUES ('a');
"""
CONFTEST = """
import os, pytest, sqlalchemy as sa
engine = sa.create_engine(os.environ["DATABASE_URL"])
def run(*statements):
    with engine.begin() as connection:
        return [connection.execute(sa.text(each)) for each in statements]
def count(table):
    with engine.begin() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM " + table)).scalar()
"""
TESTS = """
import pytest, sqlalchemy as sa
from conftest import count, engine, run

@pytest.fixture(scope="module", autouse=True)
def shared():
    run("INSERT INTO thing DEFAULT VALUES")
    yield
    assert count("thing") == 1
    run("DELETE FROM thing")

@pytest.fixture
def own():
    run("INSERT INTO thing DEFAULT VALUES")

@pytest.mark.parametrize("n", range(3))
def test_rows_go_and_those_of_wider_fixtures_stay(own, n):
    assert count("thing") == 2
    run("INSERT INTO thing DEFAULT VALUES", "UPDATE kind SET name = 'b'")

def test_rows_of_the_template_came_back():
    assert run("SELECT name FROM kind")[0].closed or count("kind") == 1
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT name FROM kind")).scalar() == "a"
"""


def _write(project: PytestProject, clean: str = "", tests: str = TESTS) -> None:
    project.write("pyproject.toml", CONFIG + clean + TEMPLATE)
    project.write("schema.sql", SCHEMA)
    project.write("tests/conftest.py", CONFTEST)
    for number in range(2):
        project.write(f"tests/test_{number}.py", tests)


@needs_postgres
@pytest.mark.parametrize("words", [("-n", "2"), ("-n", "0")], ids=" ".join)
def test_an_untouched_suite_is_clean_by_configuration(
    project: PytestProject, words: tuple[str, ...]
) -> None:
    _write(project, 'clean = "dirty"\n')
    done = project.pytest(*words)
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout


@needs_postgres
def test_without_the_setting_a_test_asks_for_it(project: PytestProject) -> None:
    _write(
        project,
        tests="""
import pytest
from conftest import count, run
@pytest.mark.usefixtures("moonpool_clean")
def test_1_fixture():
    run("INSERT INTO thing DEFAULT VALUES")
@pytest.mark.moonpool_clean("clone")
def test_2_marker():
    assert count("thing") == 0
    run("DROP TABLE thing")
def test_3_nothing():
    assert count("thing") == 0
    run("INSERT INTO thing DEFAULT VALUES")
def test_4_left():
    assert count("thing") == 1
@pytest.mark.moonpool_clean("none")
def test_5_none(moonpool_clean):
    run("INSERT INTO thing DEFAULT VALUES")
def test_6_left():
    assert count("thing") == 2
    run("DELETE FROM thing")
""",
    )
    done = project.pytest()
    assert done.returncode == 0, done.stdout
    assert "12 passed" in done.stdout


@needs_postgres
def test_a_connection_is_rolled_back(project: PytestProject) -> None:
    _write(
        project,
        'clean = "savepoint"\n',
        tests="""
import pytest, sqlalchemy as sa
from sqlalchemy.orm import Session
@pytest.mark.parametrize("n", range(3))
def test_commits_are_undone(moonpool_connection, n):
    with Session(moonpool_connection, join_transaction_mode="create_savepoint") as session:
        session.execute(sa.text("INSERT INTO thing DEFAULT VALUES"))
        session.commit()
        assert session.execute(sa.text("SELECT count(*) FROM thing")).scalar() == 1
""",
    )
    done = project.pytest()
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


@needs_postgres
def test_a_forgotten_session_is_a_warning_that_names_it(project: PytestProject) -> None:
    _write(
        project,
        'clean = "dirty"\n',
        tests="""
import sqlalchemy as sa
from conftest import engine, run, count
forgotten = []
def test_forgets():
    run("INSERT INTO thing DEFAULT VALUES")
    forgotten.append(engine.connect())
    forgotten[0].execute(sa.text("UPDATE thing SET id = 7"))
def test_next():
    assert count("thing") == 0
    forgotten.pop().invalidate()
""",
    )
    done = project.pytest("-W", "default", "tests/test_0.py")
    assert done.returncode == 0, done.stdout
    assert "MoonpoolWarning: a session (pid " in done.stdout
    assert "last statement `UPDATE thing SET id = 7`" in done.stdout


@needs_postgres
def test_an_unknown_word_in_the_marker_is_an_error(project: PytestProject) -> None:
    _write(
        project,
        tests="import pytest\n@pytest.mark.moonpool_clean('wipe')\ndef test_it(): pass\n",
    )
    done = project.pytest("tests/test_0.py")
    assert done.returncode == 1
    assert "says 'wipe', expected `dirty`, `savepoint`, `clone`, `none`" in done.stdout


@needs_postgres
def test_loops_of_asynchronous_tests_do_not_matter(project: PytestProject) -> None:
    _write(
        project,
        'clean = "dirty"\n',
        tests="""
import os, pytest, sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
engine = create_async_engine(os.environ["DATABASE_URL"], poolclass=NullPool)
@pytest.fixture
def anyio_backend():
    return "asyncio"
@pytest.mark.anyio
@pytest.mark.parametrize("n", range(3))
async def test_commits(anyio_backend, n):
    async with engine.begin() as connection:
        await connection.execute(sa.text("INSERT INTO thing DEFAULT VALUES"))
    async with engine.begin() as connection:
        assert (await connection.execute(sa.text("SELECT max(id) FROM thing"))).scalar() == 1
""",
    )
    done = project.pytest("-n", "2", PYTEST_ADDOPTS="")  # This project needs anyio's plugin.
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout
