"""A template on MySQL or MariaDB is built once, and workers get all of it."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

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
from moonpool.databases.mysql import marking
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from moonpool.databases.mysql.connection import Session
    from tests.support.mysql import MysqlServer

    Names = Callable[[], list[str]]

COMMAND = """
import os, pathlib, urllib.parse, pymysql
url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
place = {"host": url.hostname, "port": url.port, "user": url.username, "database": url.path[1:]}
with pymysql.connect(**place) as connection:
    connection.cursor().execute("CREATE TABLE thing (id serial)")
with pathlib.Path("built.txt").open("a") as log:
    log.write("built\\n")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "migrate.py").write_text(COMMAND)
    (tmp_path / "schema.sql").write_text(
        "CREATE TABLE thing (id serial PRIMARY KEY); INSERT INTO thing VALUES (7), (0);"
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


def _worker(databases: Databases, environ: Mapping[str, str], recipe: Recipe) -> str:
    settings = DatabaseSettings(("DATABASE_URL",), recipe=recipe)
    told = worker_environment(settings, worker="gw0", environ={**environ, **databases.environment})
    return told["DATABASE_URL"].rpartition("/")[2]


def test_a_step_fills_the_databases_of_the_workers(
    folder: Path, environ: dict[str, str], admin: Session
) -> None:
    recipe = Recipe(folder, sql=("*.sql",))
    with _open(recipe, environ) as databases:
        name = _worker(databases, environ, recipe)

        assert admin.execute(f"SELECT id FROM {name}.thing ORDER BY id") == [(7,), (8,)]
        (note,) = databases.notes
        assert note.startswith("built the database template `app_test_moonpool_template_")


def test_the_next_run_uses_the_template_again_and_a_changed_file_means_a_new_one(
    folder: Path, environ: dict[str, str], names: Names
) -> None:
    recipe = _command(folder)
    for _ in range(2):
        with _open(recipe, environ) as databases:
            _worker(databases, environ, recipe)
    assert (folder / "built.txt").read_text() == "built\n"
    (before,) = names()
    assert before.startswith("app_test_moonpool_template_")

    (folder / "migrate.py").write_text(COMMAND + "# changed\n")
    with _open(recipe, environ):
        (after,) = names()

    assert after != before
    assert (folder / "built.txt").read_text() == "built\n" * 2


def test_runs_that_begin_together_build_it_once(
    folder: Path, environ: dict[str, str], names: Names
) -> None:
    recipe = _command(folder)
    opened: list[Databases] = []
    threads = [
        threading.Thread(target=lambda: opened.append(_open(recipe, environ))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (folder / "built.txt").read_text() == "built\n"
    (found,) = server_databases(environ["DATABASE_URL"], origin="it").templates
    assert found.used
    assert clean_server(environ["DATABASE_URL"], origin="it").kept == (found.name,)
    for databases in opened:
        databases.close()
    assert clean_server(environ["DATABASE_URL"], origin="it").dropped == (found.name,)
    assert names() == []


def test_a_step_that_fails_leaves_nothing(
    folder: Path, environ: dict[str, str], names: Names
) -> None:
    (folder / "schema.sql").write_text("CREATE TABLE thing (id serial); CREATE NONSENSE;")

    with pytest.raises(MoonpoolError, match=r"cannot load `schema.sql` into a template on"):
        _open(Recipe(folder, sql=("*.sql",)), environ)

    assert names() == []


def test_a_half_built_template_is_built_anew(
    folder: Path, environ: dict[str, str], admin: Session, names: Names
) -> None:
    recipe = _command(folder)
    with _open(recipe, environ):
        pass
    (template,) = names()
    comment = marking.comment_of(admin, template)
    assert comment is not None
    marking.set_comment(admin, template, marking.unfinished(comment))
    admin.execute(f"DROP TABLE {template}.thing")

    with _open(recipe, environ) as databases:
        name = _worker(databases, environ, recipe)
        assert admin.execute(f"SELECT * FROM {name}.thing") == []
    assert (folder / "built.txt").read_text() == "built\n" * 2


def test_a_users_database_of_the_templates_name_is_left_alone(
    folder: Path, environ: dict[str, str], admin: Session, names: Names
) -> None:
    recipe = _command(folder)
    with _open(recipe, environ):
        pass
    (template,) = names()
    admin.execute(f"DROP DATABASE {template}; CREATE DATABASE {template}")

    with pytest.raises(MoonpoolError, match="was not made by moonpool"):
        _open(recipe, environ)

    assert names() == [template]


def test_one_grant_suffices_for_templates_and_workers(
    folder: Path, admin: Session, server: MysqlServer
) -> None:
    admin.execute("DROP USER IF EXISTS carol; CREATE USER carol IDENTIFIED BY 'carol'")
    admin.execute("GRANT ALL ON `app\\_test%`.* TO carol")
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": server.url("app_test", user="carol:carol"),
    }
    recipe = Recipe(folder, sql=("*.sql",))

    with _open(recipe, environ) as databases:
        name = _worker(databases, environ, recipe)

        assert admin.execute(f"SELECT id FROM {name}.thing ORDER BY id") == [(7,), (8,)]
