"""A template is built once, given to workers, and never taken for finished when it is not."""

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
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moonpool.databases import Template
    from tests.databases.each_server.ground import Ground

_MIGRATION = """
import os, pathlib
url = os.environ["DATABASE_URL"]
{connecting}
with connection:
    connection.cursor().execute("CREATE TABLE thing (id serial PRIMARY KEY)")
with pathlib.Path("built.txt").open("a") as log:
    log.write("built\\n")
"""


@pytest.fixture
def folder(tmp_path: Path, ground: Ground) -> Path:
    (tmp_path / "migrate.py").write_text(_MIGRATION.format(connecting=ground.connecting))
    (tmp_path / "schema.sql").write_text(
        "CREATE TABLE thing (id serial PRIMARY KEY); INSERT INTO thing VALUES (7);"
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


def _things(
    ground: Ground, databases: Databases, recipe: Recipe, worker: str | None = "gw0"
) -> list[tuple[int]]:
    """The rows of `thing` in a worker's database."""
    settings = DatabaseSettings(("DATABASE_URL",), recipe=recipe)
    environ = {**ground.environ, **databases.environment}
    told = worker_environment(settings, worker=worker, environ=environ)
    name = parse_url(told["DATABASE_URL"], origin="it").name
    return ground.execute("SELECT id FROM thing", name)


def _templates(ground: Ground) -> tuple[Template, ...]:
    return server_databases(ground.url.text, origin="it").templates


def test_a_command_fills_the_databases_of_the_workers(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    recipe = _command(folder)
    with _open(recipe, environ) as databases:
        assert _things(ground, databases, recipe) == []


def test_sql_files_bring_rows_as_well(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    recipe = Recipe(folder, sql=("*.sql",))
    with _open(recipe, environ) as databases:
        assert _things(ground, databases, recipe, "gw0") == [(7,)]
        assert _things(ground, databases, recipe, "gw1") == [(7,)]
        (note,) = databases.notes
        (template,) = _templates(ground)
        assert note.startswith(f"built the database template `{template.name}` in ")
        assert "moonpool_template_" in template.name


def test_the_next_run_uses_the_same_template_until_a_file_changes(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    recipe = _command(folder)
    for _ in range(2):
        with _open(recipe, environ) as databases:
            assert _things(ground, databases, recipe) == []
    assert (folder / "built.txt").read_text() == "built\n"
    (before,) = _templates(ground)
    assert before.finished
    assert not before.used

    (folder / "more.sql").write_text("SELECT 1")
    with _open(recipe, environ):
        (after,) = _templates(ground)

    assert (folder / "built.txt").read_text() == "built\nbuilt\n"
    assert after.name != before.name
    assert after.used


def test_runs_that_begin_together_build_it_once(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    recipe = _command(folder)
    errors: list[BaseException] = []

    def run(project: str) -> None:
        try:
            with _open(recipe, environ, project) as databases:
                assert _things(ground, databases, recipe, "gw0") == []
                assert _things(ground, databases, recipe, "gw1") == []
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
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    recipe = _command(folder)
    with _open(recipe, environ):
        (template,) = _templates(ground)
    ground.unfinish(template.name)
    ground.execute("DROP TABLE thing", template.name)

    with _open(recipe, environ) as databases:
        assert _things(ground, databases, recipe) == []

    (again,) = _templates(ground)
    assert again.finished
    assert (folder / "built.txt").read_text() == "built\nbuilt\n"


def test_the_right_to_make_databases_suffices(ground: Ground, folder: Path) -> None:
    recipe = Recipe(folder, sql=("*.sql",))
    url = ground.user("carol", "carol", makes=True)

    with _open(recipe, {"DATABASE_URL": url.text}) as databases:
        assert _things(ground, databases, recipe) == [(7,)]


def test_a_failing_step_says_what_it_said_and_leaves_nothing(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    (folder / "migrate.py").write_text("raise SystemExit('no such revision: abc')")

    with pytest.raises(MoonpoolError) as caught:
        _open(_command(folder), environ)

    assert "migrate.py` ended with code 1\nno such revision: abc" in caught.value.message
    assert caught.value.slug == "template-recipe"
    assert _templates(ground) == ()
    assert ground.names() == []


def test_a_sql_file_that_cannot_be_loaded_leaves_nothing(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    (folder / "schema.sql").write_text("CREATE TABLE thing (id serial); CREATE NONSENSE;")

    with pytest.raises(MoonpoolError, match=r"cannot load `schema.sql` into a template on"):
        _open(Recipe(folder, sql=("*.sql",)), environ)

    assert ground.names() == []


def test_a_database_of_the_templates_name_that_is_not_ours_stays(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    with _open(_command(folder), environ):
        (template,) = _templates(ground)
    clean_server(ground.url.text, origin="it")
    ground.execute(f"CREATE DATABASE {template.name}", None)

    with pytest.raises(MoonpoolError, match="was not made by moonpool") as caught:
        _open(_command(folder), environ)

    assert caught.value.slug == "database-not-ours"
    assert clean_server(ground.url.text, origin="it").dropped == ()
    assert ground.names() == [template.name]


def test_a_serial_run_never_writes_into_the_users_own_database(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    recipe = _command(folder)
    ground.execute("CREATE DATABASE app_test", None)
    ground.execute("CREATE TABLE thing (id int)", "app_test")
    ground.execute("INSERT INTO thing VALUES (1)", "app_test")

    with _open(recipe, environ) as databases:
        assert _things(ground, databases, recipe, None) == []

    assert ground.execute("SELECT id FROM thing", "app_test") == [(1,)]


def test_clean_keeps_a_template_in_use_and_drops_it_afterwards(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    url = ground.url.text
    with _open(_command(folder), environ):
        (template,) = _templates(ground)
        assert clean_server(url, origin="it").kept == (template.name,)

    assert clean_server(url, origin="it").dropped == (template.name,)
    assert ground.names() == []


def test_a_step_finds_the_url_in_every_variable(
    ground: Ground, folder: Path, environ: dict[str, str]
) -> None:
    (folder / "migrate.py").write_text(
        "import os; assert os.environ['DATABASE_URL'] == os.environ['OTHER_URL'];"
        "assert 'moonpool_template' in os.environ['OTHER_URL']"
    )
    settings = DatabaseSettings(("DATABASE_URL", "OTHER_URL"), recipe=_command(folder))
    both = {**os.environ, **environ, "OTHER_URL": ground.url.text}
    open_databases(settings, project="app", checkout=folder, run_id="run", environ=both).close()
