"""A MySQL or MariaDB database for every worker of a real pytest run, with an untouched conftest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.mysql import MysqlServer, needs_mysql, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import PytestProject

pytestmark = needs_mysql

CONFIG = """
[tool.pytest.ini_options]
filterwarnings = ["error"]
[tool.moonpool.databases]
urls = ["DATABASE_URL"]
"""
CONFTEST = """
import os, pathlib, pytest, sqlalchemy as sa
engine = sa.create_engine(os.environ["DATABASE_URL"])
metadata = sa.MetaData()
thing = sa.Table("thing", metadata, sa.Column("id", sa.Integer, primary_key=True))

@pytest.fixture(scope="session", autouse=True)
def schema():
    metadata.drop_all(engine)
    metadata.create_all(engine)
    yield
    engine.dispose()
"""
TEST = """
import os, pathlib
from conftest import engine, sa, thing

def test_nobody_else_writes_here():
    for number in range(1, 11):
        with engine.begin() as connection:
            connection.execute(thing.insert())
            assert len(connection.execute(sa.select(thing)).all()) == number
    with engine.begin() as connection:
        connection.execute(thing.delete())
        name = connection.execute(sa.text("SELECT DATABASE()")).scalar()
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    assert name == ("ledger_test" if worker is None else f"ledger_test_{worker}")
    pathlib.Path("seen", name + "." + __name__).touch()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[MysqlServer]:
    """A server that stands for the user's."""
    with running_server() as started:
        yield started


def _write(project: PytestProject) -> None:
    project.write("pyproject.toml", CONFIG)
    project.write("tests/conftest.py", CONFTEST)
    for number in range(4):
        project.write(f"tests/test_{number}.py", TEST)
    project.write("seen/.keep", "")


def _seen(project: PytestProject) -> set[str]:
    names = {path.name for path in (project.root / "seen").iterdir()}
    return {name.partition(".")[0] for name in names} - {""}


def test_each_worker_has_a_database_of_its_own(project: PytestProject, server: MysqlServer) -> None:
    _write(project)
    url = server.url("ledger_test")
    done = project.pytest("-n", "2", DATABASE_URL=url)
    assert done.returncode == 0, done.stdout
    assert _seen(project) == {"ledger_test_gw0", "ledger_test_gw1"}
    left = project.moonpool("databases", "list", "--url", url)
    assert left.stdout.startswith("no test databases")


def test_a_serial_run_uses_the_name_as_it_is(project: PytestProject, server: MysqlServer) -> None:
    _write(project)
    done = project.test("-n", "0", DATABASE_URL=server.url("ledger_test"))
    assert done.returncode == 0, done.stdout
    assert _seen(project) == {"ledger_test"}


TEMPLATE = """
[tool.moonpool.databases.template]
sql = ["schema.sql"]
"""
SCHEMA = """
CREATE TABLE thing (id int AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE kind (name varchar(20));
INSERT INTO kind VALUES ('a');
"""
CLEANED_CONFTEST = """
import os, sqlalchemy as sa
engine = sa.create_engine(os.environ["DATABASE_URL"])
def run(*statements):
    with engine.begin() as connection:
        for each in statements:
            connection.execute(sa.text(each))
def count(table):
    with engine.begin() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM " + table)).scalar()
"""
CLEANED_TEST = """
import pytest, sqlalchemy as sa
from conftest import count, engine, run

@pytest.fixture(scope="module", autouse=True)
def shared():
    run("INSERT INTO thing VALUES ()")
    yield
    run("TRUNCATE thing")

@pytest.mark.parametrize("n", range(3))
def test_1_rows_go_and_those_of_wider_fixtures_stay(n):
    assert count("thing") == 1
    run("INSERT INTO thing VALUES ()", "UPDATE kind SET name = 'b'")
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT max(id) FROM thing")).scalar() == 2

def test_2_rows_of_the_template_came_back():
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT name FROM kind")).scalar() == "a"

def test_3_what_goes_through_our_connection_is_rolled_back(moonpool_connection):
    moonpool_connection.execute(sa.text("INSERT INTO kind VALUES ('c')"))

@pytest.mark.moonpool_clean("clone")
def test_4_the_schema_is_changed():
    assert count("kind") == 1
    run("DROP TABLE kind", "TRUNCATE thing", "INSERT INTO thing VALUES ()")

def test_5_and_is_there_again():
    assert count("kind") == 1
    run("TRUNCATE thing", "INSERT INTO thing VALUES ()")
"""


def test_an_untouched_suite_is_clean_by_configuration(
    project: PytestProject, server: MysqlServer
) -> None:
    project.write("pyproject.toml", CONFIG + 'clean = "dirty"\n' + TEMPLATE)
    project.write("schema.sql", SCHEMA)
    project.write("tests/conftest.py", CLEANED_CONFTEST)
    for number in range(2):
        project.write(f"tests/test_{number}.py", CLEANED_TEST)
    done = project.test("-n", "2", DATABASE_URL=server.url("ledger_test"))
    assert done.returncode == 0, done.stdout
    assert "14 passed" in done.stdout
