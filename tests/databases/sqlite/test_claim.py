"""A claim keeps others from its names, and tells what may be removed and what may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.databases.marks import Mark
from moonpool.databases.sqlite.claim import (
    Claim,
    add_file,
    claim_path,
    claims_in,
    read_claim,
    remove_dead,
    take_claim,
    withdraw_file,
)

if TYPE_CHECKING:
    from pathlib import Path


def _mark(run: str = "run") -> Mark:
    return Mark("app", "/checkout", run, "boot", "now", 1)


def _take(file: Path, run: str = "run") -> Claim:
    claim = take_claim(file, _mark(run))
    assert claim is not None
    return claim


def _give(file: Path, *names: str) -> None:
    for name in names:
        add_file(claim_path(file), name)
        file.with_name(name).touch()


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_claim_says_whose_it_is_and_what_was_made(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    claim = _take(file)
    _give(file, "app_gw0.db", "app_ü gw1.db")

    claimed = read_claim(claim_path(file))

    assert claimed is not None
    assert claimed.mark == _mark()
    assert claimed.names == ("app_gw0.db", "app_ü gw1.db")
    assert claimed.lives
    assert list(claims_in(tmp_path)) == [claimed]
    claim.release()


def test_the_end_removes_what_was_made_with_what_sqlite_keeps_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    claim = _take(file)
    _give(file, "app_gw0.db", "app_gw1.db")
    for ending in ("-wal", "-shm", "-journal"):
        (tmp_path / f"app_gw0.db{ending}").touch()
    for name in ("app.db", "app_gw2.db", "app_gw0.db.bak", "app_gw0.db-old"):
        (tmp_path / name).touch()

    assert claim.release() == ()

    assert _names(tmp_path) == ["app.db", "app_gw0.db-old", "app_gw0.db.bak", "app_gw2.db"]


def test_a_claim_that_is_held_is_not_taken_and_not_removed(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    claim = _take(file)
    _give(file, "app_gw0.db")

    assert take_claim(file, _mark("other")) is None
    assert remove_dead(claim_path(file)) is None
    assert (tmp_path / "app_gw0.db").exists()
    claim.release()


@pytest.mark.parametrize("way", ["taken", "removed"])
def test_what_a_dead_run_left_goes(tmp_path: Path, way: str) -> None:
    file = tmp_path / "app.db"
    dead = _take(file, "dead")
    _give(file, "app_gw0.db")
    dead.held.close()

    if way == "taken":
        claimed = _take(file)
        assert _names(tmp_path) == [".app.db.moonpool"]
        claimed.release()
    else:
        assert remove_dead(claim_path(file)) == (tmp_path / "app_gw0.db",)
    assert _names(tmp_path) == []


@pytest.mark.parametrize(
    "line",
    [
        '"../app_gw0.db"',
        '"app_/../../x"',
        '"app.db"',
        '"other_gw0.db"',
        '"/x/app_gw0.db"',
        "[1]",
        "x",
    ],
)
def test_a_claim_cannot_name_what_is_not_derived_from_its_own(tmp_path: Path, line: str) -> None:
    file = tmp_path / "app.db"
    claim = _take(file)
    with claim_path(file).open("a") as log:
        log.write(line + "\n")

    claimed = read_claim(claim_path(file))

    assert claimed is not None
    assert claimed.names == ()
    claim.release()


def test_a_file_that_turned_out_to_be_somebody_elses_is_withdrawn(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    claim = _take(file)
    _give(file, "app_gw0.db", "app_gw1.db")
    withdraw_file(claim_path(file), "app_gw0.db")

    claim.release()

    assert _names(tmp_path) == ["app_gw0.db"]


@pytest.mark.parametrize("content", ["precious\n", '{"moonpool": 9}\n'])
def test_a_file_of_the_claims_name_that_is_not_ours_stays(tmp_path: Path, content: str) -> None:
    path = claim_path(tmp_path / "app.db")
    path.write_text(content)

    assert take_claim(tmp_path / "app.db", _mark()) is None
    assert remove_dead(path) is None

    assert path.read_text() == content


def test_a_file_that_another_run_gave_to_its_worker_is_no_name_for_others(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    outer = _take(file, "outer")
    _give(file, "app_gw0.db")

    assert take_claim(tmp_path / "app_gw0.db", _mark("inner")) is None
    assert _names(tmp_path) == [".app.db.moonpool", "app_gw0.db"]

    outer.release()
    _take(tmp_path / "app_gw0.db", "inner").release()


def test_a_file_that_cannot_be_removed_is_said_and_stays_claimed(tmp_path: Path) -> None:
    file = tmp_path / "app.db"
    claim = _take(file)
    add_file(claim_path(file), "app_gw0.db")
    (tmp_path / "app_gw0.db").mkdir()

    (problem,) = claim.release()

    assert problem.startswith(f"cannot remove `{tmp_path / 'app_gw0.db'}`: ")
    assert problem.endswith("; later run `moonpool databases clean`")
    claimed = read_claim(claim_path(file))
    assert claimed is not None
    assert not claimed.lives
    assert take_claim(file, _mark()) is None
