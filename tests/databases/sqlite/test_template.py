"""A template file is built once, copied by workers, and never taken for finished when it is not."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import Databases, DatabaseSettings, Recipe
from moonpool.databases.sqlite.held import hold
from moonpool.databases.sqlite.template import templates_in
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from tests.databases.sqlite.conftest import Workplace

METADATA = """
import os, sqlalchemy as sa
metadata = sa.MetaData()
thing = sa.Table("thing", metadata, sa.Column("id", sa.Integer, primary_key=True))
def build(url):
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
"""
COMMAND = """
import os, pathlib, sqlite3
connection = sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA user_version = 7")
connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
with pathlib.Path("built.txt").open("a") as log:
    log.write("built\\n")
"""
# A process of its own that goes on after the step, until the test's folder goes.
_LOCKING = """
import os, subprocess, sys
file = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
code = '''
import os, sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("CREATE TABLE thing (x)")
connection.execute("BEGIN EXCLUSIVE")
os.close(1)
while os.path.exists(sys.argv[1]):
    time.sleep(0.05)
'''
child = subprocess.Popen([sys.executable, "-c", code, file], stdout=subprocess.PIPE)
child.stdout.read()
"""


def _settings(place: Workplace, command: str = COMMAND) -> DatabaseSettings:
    (place.folder / "migrate.py").write_text(command)
    recipe = Recipe(place.folder, command=(sys.executable, "migrate.py"), files=("*.py",))
    return DatabaseSettings(("DATABASE_URL",), recipe=recipe)


def _rows(
    place: Workplace, settings: DatabaseSettings, databases: Databases, worker: str = "gw0"
) -> int:
    with closing(sqlite3.connect(place.worker(settings, databases, worker))) as connection:
        (count,) = connection.execute("SELECT count(*) FROM thing").fetchone()
        return int(count)


def _built(place: Workplace) -> int:
    return (place.folder / "built.txt").read_text().count("built")


def _kept(place: Workplace) -> list[str]:
    return sorted(path.name.partition(".")[2] for path in (place.folder / "kept").glob("moonpool*"))


@pytest.mark.parametrize(
    ("step", "driver"),
    [("models:metadata", ""), ("models:build", ""), ("models:metadata", "+aiosqlite")],
)
def test_metadata_and_functions_fill_the_files_of_the_workers(
    place: Workplace, step: str, driver: str
) -> None:
    (place.folder / "models.py").write_text(METADATA)
    settings = DatabaseSettings(
        ("DATABASE_URL",), recipe=Recipe(place.folder, python=step, files=("models.py",))
    )
    url = place.environ["DATABASE_URL"].replace("sqlite:", f"sqlite{driver}:")
    with place.open(settings, place.environ | {"DATABASE_URL": url}) as databases:
        assert _rows(place, settings, databases) == 0


def test_sql_files_bring_rows_as_well(place: Workplace, filled: DatabaseSettings) -> None:
    with place.open(filled) as databases:
        assert _rows(place, filled, databases, "gw0") == 1
        assert _rows(place, filled, databases, "gw1") == 1
        assert databases.notes[0].startswith("built the database template `moonpool_template_")


def test_a_copy_has_the_settings_of_the_file_that_the_steps_made(place: Workplace) -> None:
    settings = _settings(place)
    with place.open(settings) as databases:
        file = place.worker(settings, databases, "gw0")
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA user_version").fetchone() == (7,)


def test_the_next_run_uses_the_same_template_until_a_file_changes(place: Workplace) -> None:
    settings = _settings(place)
    for _ in range(2):
        with place.open(settings) as databases:
            assert _rows(place, settings, databases) == 0
    assert _built(place) == 1
    (before,) = templates_in(place.folder / "kept")

    (place.folder / "more.py").write_text("# other models\n")
    with place.open(settings):
        assert _built(place) == 2
        assert list(templates_in(place.folder / "kept").values()) == [True]

    (after,) = templates_in(place.folder / "kept")
    assert before != after
    assert _kept(place) == ["db"]


def test_a_template_that_a_live_run_copies_stays(place: Workplace) -> None:
    settings = _settings(place)
    with place.open(settings) as earlier:
        (place.folder / "more.py").write_text("# other models\n")
        with place.open(settings):
            assert _rows(place, settings, earlier, "gw5") == 0


def test_runs_that_begin_together_build_it_once(place: Workplace) -> None:
    settings = _settings(place)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with place.open(settings) as databases:
                assert _rows(place, settings, databases, "gw0") == 0
                assert _rows(place, settings, databases, "gw1") == 0
        except BaseException as error:
            errors.append(error)

    runs = [threading.Thread(target=run) for _ in range(4)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()

    assert errors == []
    assert _built(place) == 1
    assert place.files() == []


def test_what_a_killed_run_left_half_built_is_built_anew(place: Workplace) -> None:
    settings = _settings(place)
    with place.open(settings):
        (template,) = templates_in(place.folder / "kept")
    template.unlink()
    # As a builder leaves it: its folder, and the small file that nobody holds any more.
    half = template.with_suffix(".dead.making")
    half.mkdir()
    (half / "filled.db").write_text("half")
    template.with_suffix(".dead.used").touch()

    with place.open(settings) as databases:
        assert _rows(place, settings, databases) == 0

    assert _built(place) == 2
    assert _kept(place) == ["db"]


def test_what_a_live_run_is_building_stays(place: Workplace) -> None:
    settings = _settings(place)
    kept = place.folder / "kept"
    (kept / "moonpool_template_0.other.making").mkdir(parents=True)
    use = hold(kept / "moonpool_template_0.other.used")
    assert use is not None

    with place.open(settings):
        assert (kept / "moonpool_template_0.other.making").exists()

    use.close()
    with place.open(settings):
        assert not (kept / "moonpool_template_0.other.making").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("raise SystemExit('no such revision: abc')", "ended with code 1\nno such revision: abc"),
        ("", "its steps wrote nothing into the file that `DATABASE_URL` names"),
        (_LOCKING, "a process that its steps left behind keeps the file locked"),
        (
            "import os; open(os.environ['DATABASE_URL'][10:], 'w').write('x' * 5000)",
            "what its steps made cannot be read: file is not a database",
        ),
    ],
)
def test_a_failing_step_says_what_it_said_and_leaves_nothing(
    place: Workplace, command: str, said: str
) -> None:
    with pytest.raises(MoonpoolError) as caught:
        place.open(_settings(place, command))

    assert said in caught.value.message
    assert caught.value.slug == "template-recipe"
    assert _kept(place) == []
    assert place.files() == []


@pytest.mark.parametrize("content", [b"CREATE TABL", b"\xff"])
def test_an_sql_file_that_cannot_be_loaded_is_named(
    place: Workplace, filled: DatabaseSettings, content: bytes
) -> None:
    (place.folder / "schema.sql").write_bytes(content)

    with pytest.raises(MoonpoolError, match=r"`schema.sql` cannot be loaded: ") as caught:
        place.open(filled)

    assert caught.value.slug == "template-recipe"


def test_a_folder_that_cannot_keep_a_template_is_an_error(
    place: Workplace, filled: DatabaseSettings
) -> None:
    (place.folder / "kept").touch()

    with pytest.raises(MoonpoolError, match="the database template cannot be kept in `") as caught:
        place.open(filled)

    assert caught.value.slug == "database-file"
    assert place.files() == []


def test_a_url_with_a_server_has_the_template_for_itself(
    place: Workplace, filled: DatabaseSettings, environ: dict[str, str]
) -> None:
    settings = DatabaseSettings(("SERVER", "DATABASE_URL"), recipe=Recipe(place.folder, sql=("*",)))
    (place.folder / "schema.sql").write_text("CREATE TABLE thing (id serial)")
    both = {**place.environ, "SERVER": environ["DATABASE_URL"]}
    with place.open(settings, both) as databases:
        told = {**both, **databases.environment}
        assert "moonpool_template" in databases.environment["MOONPOOL_DATABASES"]
        assert place.worker(settings, databases, "gw0").name == "app_gw0.db"
        assert not (place.folder / "data" / "app_gw0.db").exists()
        assert told["SERVER"] == both["SERVER"]
