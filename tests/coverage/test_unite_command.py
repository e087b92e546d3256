"""`moonpool coverage unite`: shards and parallel runs of one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.cli.group import run
from moonpool.coverage.datafile import read_data_file, write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.origin import Origin, note_origin, noted_origin
from moonpool.coverage.sources import note_sources, noted_sources

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the data of two shards in folders of their own."""
    monkeypatch.chdir(tmp_path)
    for number, bits in enumerate((0b10, 0b100)):
        executed = Executed(False, {"src/a.py": FileRun(lines={"": bits})})
        write_data_file(tmp_path / "shards" / str(number) / "coverage", executed)
    (tmp_path / "shards" / "0" / "coverage.xml").write_text("<coverage/>")
    return tmp_path


def test_shards_become_the_projects_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "unite", "shards"]) == 0
    united = read_data_file(folder / ".moonpool" / "coverage")
    assert united == Executed(False, {"src/a.py": FileRun(lines={"": 0b110})})
    said = "moonpool: united 2 data files in .moonpool/coverage\n"
    assert capsys.readouterr().err == said
    assert (folder / "shards" / "1" / "coverage").exists()


def test_without_paths_it_is_the_data_of_this_folder(folder: Path) -> None:
    (folder / "shards" / "0" / "coverage").rename(folder / ".coverage.host.1")
    (folder / "shards" / "1" / "coverage").rename(folder / ".coverage.host.2")
    assert run(["coverage", "unite", "--output", ".coverage"]) == 0
    assert read_data_file(folder / ".coverage").files["src/a.py"].lines == {"": 0b110}


def test_paths_are_mapped_as_the_project_says(folder: Path) -> None:
    # coverage.py maps a path only to a file that is there.
    (folder / "src").mkdir()
    (folder / "src" / "a.py").touch()
    (folder / ".coveragerc").write_text("[paths]\nsource =\n    src\n    /ci/*/src\n")
    elsewhere = Executed(False, {"/ci/7/src/a.py": FileRun(lines={"": 0b1000})})
    write_data_file(folder / "shards" / "2" / "coverage", elsewhere)
    assert run(["coverage", "unite", "shards"]) == 0
    found = read_data_file(folder / ".moonpool" / "coverage").files
    assert found["src/a.py"].lines == {"": 0b1110}


def test_what_cannot_be_read_is_named_and_the_rest_is_united(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "shards" / "1" / "coverage").write_text("no data")
    assert run(["coverage", "unite", "shards"]) == 68
    assert read_data_file(folder / ".moonpool" / "coverage").files["src/a.py"].lines == {"": 0b10}
    said = capsys.readouterr().err
    assert "error: `shards/1/coverage` cannot be read: file is not a database\n" in said
    assert "hint: run the tests that wrote it again, or leave it out\n" in said


def test_branches_beside_lines_are_pointed_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arcs = Executed(True, {"src/a.py": FileRun(arcs={"": frozenset([(-1, 1)])})})
    write_data_file(folder / "shards" / "2" / "coverage", arcs)
    assert run(["coverage", "unite", "shards"]) == 0
    assert "some files have no branches" in capsys.readouterr().err


def test_a_folder_without_data_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    assert run(["coverage", "unite", "empty"]) == 68
    assert capsys.readouterr().err.splitlines() == [
        "error: found no data files in `empty`",
        "hint: name files, or a folder that holds some called `.coverage…` or `coverage…`",
    ]


def test_shards_of_different_commits_are_refused_and_those_of_one_keep_its_digests(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note_sources(folder / "shards" / "0" / "coverage", {"src/a.py": "1234"})
    assert run(["coverage", "unite", "shards"]) == 0
    assert noted_sources(folder / ".moonpool" / "coverage") == {"src/a.py": "1234"}
    note_sources(folder / "shards" / "1" / "coverage", {"src/a.py": "5678"})
    capsys.readouterr()
    assert run(["coverage", "unite", "shards"]) == 68
    assert capsys.readouterr().err.splitlines() == [
        "error: found data about different versions of `src/a.py`, expected one commit's",
        "hint: leave out the data of other commits, or run their tests again",
    ]


def test_shards_of_which_one_lacks_stay_shards(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (0, 1):
        path = folder / "shards" / str(number) / "coverage"
        note_origin(path, Origin("core", frozenset({f"{number + 1}/3"})))
    assert run(["coverage", "unite", "shards"]) == 0
    assert noted_origin(folder / ".moonpool" / "coverage").parts == {"1/3", "2/3"}
    assert "moonpool: it is without shard 3 of 3" in capsys.readouterr().err
    last = folder / "shards" / "2" / "coverage"
    write_data_file(last, Executed(False, {}))
    note_origin(last, Origin("core", frozenset({"3/3"})))
    assert run(["coverage", "unite", "shards"]) == 0
    assert noted_origin(folder / ".moonpool" / "coverage") == Origin("core")


def test_unnumbered_parts_say_how_they_could_be_numbered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (0, 1):
        note_origin(folder / "shards" / str(number) / "coverage", Origin(None, frozenset({"some"})))
    assert run(["coverage", "unite", "shards"]) == 0
    assert (
        "moonpool: these are parts of a project's tests: with `MOONPOOL_SHARD` they say how many"
    ) in capsys.readouterr().err


def test_data_of_two_projects_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, name in enumerate(("core", "packages/web")):
        note_origin(folder / "shards" / str(number) / "coverage", Origin(name))
    assert run(["coverage", "unite", "shards"]) == 68
    assert capsys.readouterr().err.splitlines() == [
        "error: found data of `core`, `packages/web`, expected one project's",
        "hint: `moonpool coverage combine PATHS` sorts data by project",
    ]
    assert not (folder / ".moonpool").exists()
