"""A template is built once, cloned by workers, and never taken for finished when it is not."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest

from moonpool.databases import (
    Databases,
    DatabaseSettings,
    Recipe,
    clean_server,
    open_databases,
    server_databases,
    worker_environment,
)
from moonpool.databases.connection import connect
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from moonpool.databases.urls import DatabaseUrl

    UrlOf = Callable[[str], DatabaseUrl]

METADATA = """
import sqlalchemy as sa
metadata = sa.MetaData()
thing = sa.Table("thing", metadata, sa.Column("id", sa.Integer, primary_key=True))
class Base:
    metadata = metadata
def build(url):
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
async def build_later():
    import os
    build(os.environ["DATABASE_URL"])
"""
COMMAND = """
import os, pathlib, psycopg
url = os.environ["DATABASE_URL"].replace("+psycopg", "")
with psycopg.connect(url) as connection:
    connection.execute("CREATE TABLE thing (id serial primary key)")
with pathlib.Path("built.txt").open("a") as log:
    log.write("built\\n")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models.py").write_text(METADATA)
    (tmp_path / "migrate.py").write_text(COMMAND)
    (tmp_path / "schema.sql").write_text(
        "CREATE TABLE thing (id serial PRIMARY KEY); INSERT INTO thing DEFAULT VALUES;"
    )
    return tmp_path


def _command(folder: Path) -> Recipe:
    return Recipe(folder, command=(sys.executable, "migrate.py"))


def _open(recipe: Recipe, environ: Mapping[str, str], project: str = "app") -> Databases:
    return open_databases(
        DatabaseSettings(("DATABASE_URL",), recipe=recipe),
        project=project,
        checkout=recipe.folder,
        run_id="run",
        environ=environ,
    )


def _tables(
    databases: Databases, environ: Mapping[str, str], recipe: Recipe, worker: str | None = "gw0"
) -> dict[str, int]:
    """The rows in each table of a worker's database."""
    settings = DatabaseSettings(("DATABASE_URL",), recipe=recipe)
    told = worker_environment(settings, worker=worker, environ={**environ, **databases.environment})
    with psycopg.connect(told["DATABASE_URL"].replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200"
        ).fetchall()
        return {
            name: len(connection.execute(f'SELECT FROM "{name}"').fetchall()) for (name,) in rows
        }


@pytest.mark.parametrize(
    "step",
    [
        {"command": (sys.executable, "migrate.py")},
        {"python": "models:Base"},
        {"python": "models:Base.metadata"},
        {"python": "models:metadata"},
        {"python": "models:build"},
        {"python": "models:build_later"},
    ],
    ids=str,
)
def test_every_kind_of_step_fills_the_databases_of_the_workers(
    step: dict[str, str], folder: Path, environ: dict[str, str]
) -> None:
    recipe = Recipe(folder, **step)  # type: ignore[arg-type]
    with _open(recipe, environ) as databases:
        assert _tables(databases, environ, recipe) == {"thing": 0}


def test_sql_files_bring_rows_as_well(folder: Path, environ: dict[str, str]) -> None:
    recipe = Recipe(folder, sql=("*.sql",))
    with _open(recipe, environ) as databases:
        assert _tables(databases, environ, recipe, "gw0") == {"thing": 1}
        assert _tables(databases, environ, recipe, "gw1") == {"thing": 1}
        assert "built the database template `moonpool_template_" in databases.notes[0]


def test_the_next_run_uses_the_same_template_until_a_file_changes(
    folder: Path, environ: dict[str, str], url_of: UrlOf
) -> None:
    recipe = _command(folder)
    for _ in range(2):
        with _open(recipe, environ) as databases:
            assert _tables(databases, environ, recipe) == {"thing": 0}
    assert (folder / "built.txt").read_text() == "built\n"
    (before,) = server_databases(url_of("x").text, origin="it").templates
    assert before.finished
    assert not before.used

    (folder / "models.py").write_text("# other models\n")
    with _open(recipe, environ):
        (after,) = server_databases(url_of("x").text, origin="it").templates

    assert (folder / "built.txt").read_text() == "built\nbuilt\n"
    assert after.name != before.name
    assert after.used


def test_runs_that_begin_together_build_it_once(folder: Path, environ: dict[str, str]) -> None:
    recipe = _command(folder)
    errors: list[BaseException] = []

    def run(project: str) -> None:
        try:
            with _open(recipe, environ, project) as databases:
                assert _tables(databases, environ, recipe, "gw0") == {"thing": 0}
                assert _tables(databases, environ, recipe, "gw1") == {"thing": 0}
        except BaseException as error:
            errors.append(error)

    runs = [threading.Thread(target=run, args=(f"p{number}",)) for number in range(4)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()

    assert errors == []
    assert (folder / "built.txt").read_text() == "built\n"


def test_what_a_killed_run_left_half_built_is_built_anew(
    folder: Path, environ: dict[str, str], url_of: UrlOf
) -> None:
    recipe = _command(folder)
    with _open(recipe, environ):
        (template,) = server_databases(url_of("x").text, origin="it").templates
    with closing(connect(url_of("x"))) as connection:
        connection.execute(
            f"ALTER DATABASE {template.name} WITH ALLOW_CONNECTIONS true IS_TEMPLATE false"
        )
    with closing(connect(url_of("x"), template.name)) as connection:
        connection.execute("DROP TABLE thing")

        with _open(recipe, environ) as databases:
            assert _tables(databases, environ, recipe) == {"thing": 0}

    (again,) = server_databases(url_of("x").text, origin="it").templates
    assert again.finished


def test_a_failing_step_says_what_it_said_and_leaves_nothing(
    folder: Path, environ: dict[str, str], url_of: UrlOf
) -> None:
    (folder / "migrate.py").write_text("raise SystemExit('no such revision: abc')")

    with pytest.raises(MoonpoolError) as caught:
        _open(_command(folder), environ)

    assert "migrate.py` ended with code 1\nno such revision: abc" in caught.value.message
    assert caught.value.slug == "template-recipe"
    assert server_databases(url_of("x").text, origin="it").templates == ()


def test_a_database_of_the_templates_name_that_is_not_ours_stays(
    folder: Path, environ: dict[str, str], url_of: UrlOf
) -> None:
    with _open(_command(folder), environ):
        (template,) = server_databases(url_of("x").text, origin="it").templates
    clean_server(url_of("x").text, origin="it")
    with closing(connect(url_of("x"))) as connection:
        connection.execute(f"CREATE DATABASE {template.name}")

    with pytest.raises(MoonpoolError, match="was not made by moonpool") as caught:
        _open(_command(folder), environ)

    assert caught.value.slug == "database-not-ours"
    assert clean_server(url_of("x").text, origin="it").dropped == ()


def test_a_serial_run_never_writes_into_the_users_own_database(
    folder: Path, environ: dict[str, str], url_of: UrlOf
) -> None:
    recipe = _command(folder)
    with closing(connect(url_of("x"))) as connection:
        connection.execute("CREATE DATABASE app_test")

    with _open(recipe, environ) as databases:
        assert _tables(databases, environ, recipe, None) == {"thing": 0}

    with closing(connect(url_of("x"), "app_test")) as connection:
        assert connection.execute("SELECT to_regclass('thing')").fetchone() == (None,)


def test_clean_keeps_a_template_in_use_and_drops_it_afterwards(
    folder: Path, environ: dict[str, str], url_of: UrlOf
) -> None:
    url = url_of("x").text
    with _open(_command(folder), environ):
        (template,) = server_databases(url, origin="it").templates
        assert template.name in clean_server(url, origin="it").kept

    assert clean_server(url, origin="it").dropped == (template.name,)


def test_a_step_finds_the_url_in_every_variable(folder: Path, environ: dict[str, str]) -> None:
    (folder / "migrate.py").write_text(
        "import os; assert os.environ['DATABASE_URL'] == os.environ['OTHER_URL'];"
        "assert 'moonpool_template' in os.environ['OTHER_URL']"
    )
    settings = DatabaseSettings(("DATABASE_URL", "OTHER_URL"), recipe=_command(folder))
    both = {**os.environ, **environ, "OTHER_URL": environ["DATABASE_URL"]}
    open_databases(settings, project="app", checkout=folder, run_id="run", environ=both).close()
