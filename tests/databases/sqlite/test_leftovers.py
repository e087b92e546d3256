"""`moonpool databases` shows files of ours, and removes only what dead runs left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from moonpool.cli.databases import command
from moonpool.databases import clean_files, list_files
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases import DatabaseSettings
    from tests.databases.sqlite.conftest import Workplace


def _run(place: Workplace, *words: str) -> str:
    environ = {"DATABASE_URL": place.environ["DATABASE_URL"], "TEST_DATABASE_URL": ""}
    return CliRunner().invoke(command, words, env=environ, catch_exceptions=False).stdout


def test_the_file_of_a_live_run_is_shown_and_kept(
    place: Workplace, filled: DatabaseSettings
) -> None:
    with place.open(filled) as databases:
        file = place.worker(filled, databases, "gw0")

        assert _run(place, "list").startswith(f"{file}  in use by app in {place.folder} since 20")
        assert f"kept {file}: its run is alive" in _run(place, "clean")
        assert file.exists()


def test_what_a_killed_run_left_is_shown_and_removed_and_a_decoy_is_not(place: Workplace) -> None:
    place.leave_behind("gw0", sql=("schema.sql",))
    file, decoy = place.folder / "data" / "app_gw0.db", place.folder / "data" / "app_gw1.db"
    decoy.touch()

    (found,) = json.loads(_run(place, "list", "--json"))["files"]

    assert (found["path"], found["alive"], found["project"]) == (str(file), False, "app")
    assert set(found) == {"path", "alive", "project", "checkout", "run", "boot", "started"}
    assert f"removed {file}" in _run(place, "clean")
    assert place.files() == ["app_gw1.db"]


def test_a_workspace_knows_where_its_runs_were_and_which_templates_it_has(
    place: Workplace, filled: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    (place.folder / ".moonpool").mkdir()
    (place.folder / "kept").mkdir()
    (place.folder / ".moonpool" / "databases").symlink_to(place.folder / "kept")
    (place.folder / "pyproject.toml").touch()
    place.leave_behind("gw0", sql=("schema.sql",))
    nothing = place.environ | {"DATABASE_URL": ""}
    away = type(place)(place.folder, nothing)

    found = json.loads(_run(away, "list", "--json"))

    assert [file["path"] for file in found["files"]] == [str(place.folder / "data" / "app_gw0.db")]
    (template,) = found["template_files"]
    assert not template["used"]
    removed = _run(away, "clean")
    assert "app_gw0.db" in removed
    assert template["path"] in removed
    assert sorted(path.name for path in (place.folder / "kept").iterdir()) == [".lock", "claims"]
    assert place.files() == []


def test_a_file_that_cannot_be_removed_is_an_error(place: Workplace) -> None:
    place.leave_behind("gw0")
    (place.folder / "data" / "app_gw0.db").mkdir()

    assert list_files([place.folder / "data"], [])
    with pytest.raises(MoonpoolError, match=r"cannot remove `.*app_gw0.db`: ") as caught:
        clean_files([place.folder / "data"], [])

    assert caught.value.slug == "database-file"


def test_a_url_in_memory_leads_to_no_files(place: Workplace) -> None:
    memory = type(place)(place.folder, {"DATABASE_URL": "sqlite://"})

    assert "no test databases" in _run(memory, "list")
