"""A suite on SQLite runs in parallel as it stands, and leaves nothing behind, however it ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.support.django import DJANGO_PLUGIN, WITH_SETTINGS
from tests.support.project import PytestProject

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

_PATIENCE_SECONDS = 30.0
CONFIG = """
[tool.pytest.ini_options]
filterwarnings = ["error"]
[tool.moonpool.databases]
urls = ["DATABASE_URL"]
default = "sqlite:///app.db"
clean = "dirty"
[tool.moonpool.databases.template]
sql = ["schema.sql"]
"""
SCHEMA = "CREATE TABLE thing (id INTEGER PRIMARY KEY); CREATE TABLE kind (name TEXT);"
# Neither this nor the tests know of moonpool.
CONFTEST = """
import os, pathlib, sqlalchemy as sa
engine = sa.create_engine(os.environ["DATABASE_URL"])
def run(statement):
    with engine.begin() as connection:
        return connection.execute(sa.text(statement))
def note():
    (pathlib.Path(__file__).parent / "seen" / pathlib.Path(engine.url.database).name).touch()
"""
TEST = """
import time, pytest
from conftest import engine, note, run, sa
@pytest.mark.parametrize("n", range(3))
def test_alone(n):
    note()
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM thing")).scalar() == 0
        assert connection.execute(sa.text("SELECT name FROM kind")).scalar() == "a"
    run("INSERT INTO thing DEFAULT VALUES")
    run("DELETE FROM kind")
    time.sleep({seconds})
"""


def _write(root: Path, seconds: float = 0.0) -> PytestProject:
    project = PytestProject(root)
    project.write("pyproject.toml", CONFIG)
    project.write("schema.sql", SCHEMA + "INSERT INTO kind VALUES ('a');")
    project.write("tests/conftest.py", CONFTEST)
    project.write("tests/seen/.keep", "")
    for number in range(4):
        project.write(f"tests/test_{number}.py", TEST.format(seconds=seconds))
    return project


def _seen(project: PytestProject) -> set[str]:
    return {path.name for path in (project.root / "tests" / "seen").glob("*.db")}


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if "app" in path.name)


def _await(happened: Callable[[], object]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("runner", "words", "files"),
    [
        ("pytest", ("-n", "2"), {"app_gw0.db", "app_gw1.db"}),
        ("test", ("-n", "2"), {"app_gw0.db", "app_gw1.db"}),
        ("test", ("-n", "0"), {"app_main.db"}),
    ],
)
def test_every_process_has_a_file_of_its_own_and_every_test_a_clean_one(
    tmp_path: Path, runner: str, words: tuple[str, ...], files: set[str]
) -> None:
    project = _write(tmp_path)
    with closing(sqlite3.connect(tmp_path / "app.db")) as users:
        users.execute("CREATE TABLE precious (x)")
    before = (tmp_path / "app.db").read_bytes()

    done = getattr(project, runner)(*words)

    assert done.returncode == 0, done.stdout
    assert "12 passed" in done.stdout
    assert _seen(project) == files
    assert _left(tmp_path) == ["app.db"]
    assert (tmp_path / "app.db").read_bytes() == before


def test_a_suite_of_django_keeps_what_its_plugin_names(tmp_path: Path) -> None:
    project = _write(tmp_path)
    project.write("django.py", DJANGO_PLUGIN)
    project.write(
        "tests/test_0.py",
        "import os\ndef test_it():\n    assert os.environ['DATABASE_URL'] == 'sqlite:///app.db'\n",
    )

    done = project.pytest(*WITH_SETTINGS, "tests/test_0.py")

    assert done.returncode == 0, done.stdout
    assert _left(tmp_path) == []


def test_where_pytest_django_is_merely_installed_other_suites_have_their_files(
    tmp_path: Path,
) -> None:
    project = _write(tmp_path)
    project.write("django.py", DJANGO_PLUGIN)

    done = project.pytest("-p", "django", "tests/test_0.py")

    assert done.returncode == 0, done.stdout
    assert _seen(project) == {"app_main.db"}


def test_two_checkouts_on_one_file_at_once_never_meet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/app.db"
    projects = [_write(tmp_path / name, seconds=0.1) for name in ("one", "two")]
    for project in projects:
        project.environ["DATABASE_URL"] = url

    runs = [project.start("test", "-n", "2") for project in projects]

    assert [run.wait(_PATIENCE_SECONDS) for run in runs] == [0, 0]
    first, second = map(_seen, projects)
    assert len(first | second) == 4
    assert _left(tmp_path) == []


def _workers(run: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(run.pid).children(recursive=True)


def test_a_killed_worker_and_a_killed_run_leave_nothing_to_the_next(tmp_path: Path) -> None:
    project = _write(tmp_path, seconds=60)
    run = project.start("test", "-n", "2")
    _await(lambda: len(_seen(project)) == 2)
    workers = _workers(run)
    os.kill(workers[0].pid, signal.SIGKILL)
    # Whoever comes in its place has a file of its own, for the dead one's may be half-written.
    _await(lambda: (tmp_path / "app_gw2.db").exists())
    workers = _workers(run)
    run.kill()
    run.wait()
    _await(lambda: not any(worker.is_running() for worker in workers))
    (tmp_path / "app_gw7.db").touch()
    assert {"app_gw0.db", "app_gw1.db", "app_gw2.db"} < set(_left(tmp_path))

    _write(tmp_path)
    done = project.test("-n", "2")

    assert done.returncode == 0, done.stdout
    assert _left(tmp_path) == ["app_gw7.db"]
