"""Runs on one SQLite file never share a name, remove what they made, and nothing else."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import DatabaseSettings, Recipe, open_databases, worker_environment
from moonpool.databases.names import automatic_namespaces
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases.sqlite.conftest import Workplace


def _write(file: Path, statement: str = "CREATE TABLE precious (x)") -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def _tables(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]


def test_workers_get_files_of_their_own_that_go_with_the_run(
    place: Workplace, plain: DatabaseSettings
) -> None:
    with place.open(plain) as databases:
        assert databases.notes == ()
        assert databases.environment["DATABASE_URL"] == place.environ["DATABASE_URL"]
        for worker in ("gw0", "gw1", "gw7"):
            _write(place.worker(plain, databases, worker))
        assert place.files() == [".app.db.moonpool", "app_gw0.db", "app_gw1.db", "app_gw7.db"]

    assert place.files() == []
    assert databases.close() == ()


def test_a_worker_that_asks_twice_keeps_its_file(
    place: Workplace, filled: DatabaseSettings
) -> None:
    with place.open(filled) as databases:
        file = place.worker(filled, databases, "gw0")
        _write(file)
        told = {**place.environ, **databases.environment, "DATABASE_URL": f"sqlite:///{file}"}

        again = worker_environment(filled, worker="gw0", environ=told)

        assert again == {"DATABASE_URL": f"sqlite:///{file}"}
        assert _tables(file) == ["thing", "precious"]


def test_a_relative_path_stays_relative(
    place: Workplace, filled: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    environ = place.environ | {"DATABASE_URL": "sqlite+aiosqlite:///data/app.db?x=y"}
    with place.open(filled, environ) as databases:
        told = worker_environment(
            filled, worker="gw0", environ={**environ, **databases.environment}
        )

        assert told == {"DATABASE_URL": "sqlite+aiosqlite:///data/app_gw0.db?x=y"}
        assert _tables(place.folder / "data" / "app_gw0.db") == ["thing"]


@pytest.mark.parametrize("exists", [True, False])
def test_serially_the_users_own_file_is_used_and_survives(
    place: Workplace, plain: DatabaseSettings, exists: bool
) -> None:
    own = place.folder / "data" / "app.db"
    if exists:
        _write(own)
    with place.open(plain) as databases:
        assert place.worker(plain, databases, None) == own
        _write(own, "CREATE TABLE more (x)")

    assert place.files() == ["app.db"]


@pytest.mark.parametrize("clean", [True, False])
def test_a_serial_run_that_is_filled_or_cleaned_never_writes_into_the_users_own_file(
    place: Workplace, filled: DatabaseSettings, clean: bool
) -> None:
    settings = DatabaseSettings(("DATABASE_URL",), clean="dirty") if clean else filled
    with place.open(settings) as databases:
        assert place.worker(settings, databases, None) == place.folder / "data" / "app_main.db"
        # Somebody who works on the application meanwhile, or after a killed run.
        _write(place.folder / "data" / "app.db")

    assert place.files() == ["app.db"]


def test_live_runs_on_one_file_never_share_a_name(
    place: Workplace, plain: DatabaseSettings
) -> None:
    word, _ = automatic_namespaces("app", str(place.folder), "any")
    with ExitStack() as stack:
        runs = [stack.enter_context(place.open(plain)) for _ in range(3)]
        files = [place.worker(plain, run, "gw0") for run in runs]

        assert len(set(files)) == 3
        assert [file.name for file in files[:2]] == ["app_gw0.db", f"app_{word}_gw0.db"]
        assert place.worker(plain, runs[1], None).name == f"app_{word}.db"
        assert runs[1].notes == (
            f"`app.db` is in use by another run: this run's files are `app_{word}….db`",
        )
    assert place.files() == []


def test_a_namespace_set_by_hand_is_part_of_every_name(
    place: Workplace, plain: DatabaseSettings
) -> None:
    with place.open(plain, namespace="ci") as databases:
        assert place.worker(plain, databases, "gw0").name == "app_ci_gw0.db"
        assert place.worker(plain, databases, None).name == "app_ci.db"
        assert databases.notes == ()


def test_a_run_inside_a_workers_test_gets_names_of_its_own(
    place: Workplace, plain: DatabaseSettings
) -> None:
    with place.open(plain) as outer:
        file = place.worker(plain, outer, "gw0")
        inside = {**place.environ, **outer.environment, "DATABASE_URL": f"sqlite:///{file}"}
        with place.open(plain, inside) as inner:
            told = worker_environment(plain, worker=None, environ={**inside, **inner.environment})
            assert told["DATABASE_URL"] != inside["DATABASE_URL"]
            (note,) = inner.notes
            assert note.startswith("`app_gw0.db` is in use by another run")


def test_two_variables_of_one_file_lead_to_one(place: Workplace) -> None:
    settings = DatabaseSettings(("A_URL", "B_URL"))
    given = {
        "A_URL": place.environ["DATABASE_URL"],
        "B_URL": place.environ["DATABASE_URL"].replace("sqlite:", "sqlite+aiosqlite:"),
    }
    with place.open(settings, given) as databases:
        told = worker_environment(
            settings, worker="gw0", environ={**given, **databases.environment}
        )

        assert databases.notes == ()
        assert {url.rpartition("/")[2] for url in told.values()} == {"app_gw0.db"}


@pytest.mark.parametrize("name", ["app_gw0.db", "app_gw0.db-wal", "app_gw0.db-journal"])
def test_a_file_that_was_not_made_by_us_is_refused_and_stays(
    place: Workplace, filled: DatabaseSettings, name: str
) -> None:
    users = place.folder / "data" / name
    users.write_text("precious")

    with place.open(filled) as databases, pytest.raises(MoonpoolError) as caught:
        place.worker(filled, databases, "gw0")

    assert caught.value.message == (
        f"file `{users}` exists and was not made by moonpool, so it is not replaced"
    )
    assert "delete it yourself if nobody needs it" in caught.value.hint
    assert caught.value.slug == "database-not-ours"
    assert (place.files(), users.read_text()) == ([name], "precious")


def test_what_a_killed_run_left_goes_with_the_next_of_its_project(
    place: Workplace, plain: DatabaseSettings
) -> None:
    (place.folder / "schema.sql").write_text("CREATE TABLE thing (x)")
    with place.open(plain):
        # So the killed run has names that the next one does not derive.
        place.leave_behind("gw0", None, sql=("schema.sql",))
    (place.folder / "data" / "app_gw9.db").touch()
    assert len(place.files()) == 4

    elsewhere = {"DATABASE_URL": f"sqlite:///{place.folder}/other.db"}
    with place.open(plain, elsewhere) as databases:
        assert databases.notes == ()
        assert place.files() == ["app_gw9.db"]


def test_a_missing_folder_is_made_and_goes_if_it_is_empty(
    place: Workplace, plain: DatabaseSettings
) -> None:
    url = f"sqlite:///{place.folder}/new/deep/app.db"
    environ = place.environ | {"DATABASE_URL": url}
    for stays in (False, True):
        with place.open(plain, environ) as databases:
            told = {**environ, **databases.environment}
            worker_environment(plain, worker="gw0", environ=told)
            _write(place.folder / "new" / "deep" / "app_gw0.db")
            if stays:
                (place.folder / "new" / "kept").touch()
        assert (place.folder / "new").exists() == stays
    assert [path.name for path in (place.folder / "new").iterdir()] == ["kept"]


@pytest.mark.parametrize("folder", ["schema.sql/x", "/proc/x", "/sys"])
def test_a_folder_that_cannot_be_written_is_an_error_of_the_worker_that_needs_it(
    place: Workplace, plain: DatabaseSettings, folder: str
) -> None:
    file = place.folder / folder / "app.db"
    environ = place.environ | {"DATABASE_URL": f"sqlite:///{file}"}
    with place.open(plain, environ) as databases:
        told = {**environ, **databases.environment}
        # A serial run needs nothing there from us; what it may read is the user's affair.
        assert worker_environment(plain, worker=None, environ=told)
        with pytest.raises(MoonpoolError) as caught:
            worker_environment(plain, worker="gw0", environ=told)

    own = file.with_name("app_gw0.db")
    assert caught.value.message.startswith(
        f"database file `{own}` cannot be made: `{file.parent}`: "
    )
    assert caught.value.slug == "database-file"
    assert caught.value.exit_code == ExitCode.DATABASE


def test_a_name_that_the_file_system_refuses_is_an_error(
    place: Workplace, plain: DatabaseSettings
) -> None:
    environ = place.environ | {"DATABASE_URL": f"sqlite:///{place.folder}/{'x' * 250}.db"}
    with (
        place.open(plain, environ) as databases,
        pytest.raises(MoonpoolError, match="File name too long"),
    ):
        worker_environment(plain, worker="gw0", environ={**environ, **databases.environment})


@pytest.mark.parametrize("name", ["ü" * 80, 'it\'s "größe" of 80 per cent; --' * 2])
def test_long_and_odd_names_lead_where_the_url_says(
    place: Workplace, filled: DatabaseSettings, name: str
) -> None:
    environ = place.environ | {"DATABASE_URL": f"sqlite:///{place.folder}/{name}.db"}
    with place.open(filled, environ) as databases:
        told = {**environ, **databases.environment}
        worker_environment(filled, worker="gw0", environ=told)
        assert _tables(place.folder / f"{name}_gw0.db") == ["thing"]


_FULL_DISK = """
import resource, signal
from pathlib import Path
from moonpool.databases import DatabaseSettings, Recipe, worker_environment
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
settings = DatabaseSettings(("DATABASE_URL",), recipe=Recipe(Path()))
try:
    worker_environment(settings, worker="gw0")
except Exception as error:
    print(error)
"""


def test_a_disk_without_room_is_an_error_and_leaves_no_half_a_file(
    place: Workplace, filled: DatabaseSettings
) -> None:
    with place.open(filled) as databases:
        done = subprocess.run(
            [sys.executable, "-c", _FULL_DISK],
            env={**os.environ, **place.environ, **databases.environment},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "app_gw0.db` cannot be made: File too large" in done.stdout
        assert "hint: let the URL lead to a folder with room" in done.stdout
        assert place.files() == [".app.db.moonpool"]


def test_a_claim_that_was_removed_while_the_run_lives_is_an_error(
    place: Workplace, plain: DatabaseSettings
) -> None:
    with place.open(plain) as databases:
        (place.folder / "data" / ".app.db.moonpool").unlink()

        with pytest.raises(MoonpoolError, match=r"\.app\.db\.moonpool` beside it was removed"):
            place.worker(plain, databases, "gw0")


def test_databases_in_memory_stay_as_they_are(place: Workplace, filled: DatabaseSettings) -> None:
    environ = place.environ | {"DATABASE_URL": "sqlite+aiosqlite:///:memory:"}
    with place.open(filled, environ) as databases:
        for worker in ("gw0", None):
            told = {**environ, **databases.environment}
            assert worker_environment(filled, worker=worker, environ=told) == {
                "DATABASE_URL": "sqlite+aiosqlite:///:memory:"
            }


def test_a_framework_that_names_its_files_itself_is_left_alone(place: Workplace) -> None:
    settings = DatabaseSettings(
        ("DATABASE_URL",), recipe=Recipe(place.folder, sql=("*.sql",)), framework=True
    )
    with place.open(settings) as first, place.open(settings) as second:
        assert (first.notes, second.notes, place.files()) == ((), (), [])


def test_a_run_without_a_folder_of_its_own_builds_its_template_all_the_same(
    place: Workplace, filled: DatabaseSettings
) -> None:
    with open_databases(
        filled, project="app", checkout=place.folder, run_id="run", environ=place.environ
    ) as databases:
        assert _tables(place.worker(filled, databases, "gw0")) == ["thing"]
