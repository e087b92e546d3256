"""Whose data an artifact holds: what the file says, else where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed
from moonpool.coverage.origin import Origin, note_origin
from moonpool.coverage.owners import by_project

if TYPE_CHECKING:
    from pathlib import Path

_PROJECTS = {"packages/core": "core", "packages/web": "web", ".": "root"}


def _data(path: Path, project: str | None = None) -> Path:
    write_data_file(path, Executed(False, {}))
    note_origin(path, Origin(project))
    return path


def test_what_a_file_says_beats_its_path(tmp_path: Path) -> None:
    path = _data(tmp_path / "packages/web/.moonpool/coverage", "packages/core")
    root = _data(tmp_path / "coverage", ".")
    assert by_project([path, root], _PROJECTS) == ({"core": (path,), "root": (root,)}, [])


@pytest.mark.parametrize("folder", ["packages/web", "packages/web/.moonpool"])
def test_a_file_that_says_nothing_is_its_folders(tmp_path: Path, folder: str) -> None:
    path = _data(tmp_path / "1" / folder / ".coverage")
    assert by_project([path], _PROJECTS) == ({"web": (path,)}, [])


def test_where_there_is_one_project_everything_is_its(tmp_path: Path) -> None:
    path = _data(tmp_path / "coverage")
    assert by_project([path], {"packages/core": "core"}) == ({"core": (path,)}, [])


def test_nobodys_files_are_named_and_the_others_taken(tmp_path: Path) -> None:
    good = _data(tmp_path / "good", "packages/core")
    bad = tmp_path / "bad"
    bad.write_bytes(b"")
    files = [
        _data(tmp_path / "moved", "packages/old"),
        bad,
        tmp_path / "absent",
        good,
        _data(tmp_path / "silent"),
    ]
    found, errors = by_project(files, _PROJECTS)
    assert found == {"core": (good,)}
    assert [(error.message.replace(f"{tmp_path}/", ""), error.hint) for error in errors] == [
        (
            (
                "`moved` is data of `packages/old`, expected a project's folder: "
                "one of `.`, `packages/core`, `packages/web`"
            ),
            "check out the commit whose tests wrote it",
        ),
        ("`bad` is empty", "run the job that wrote it again, or leave it out"),
        ("`absent` is not there", "run the job that wrote it again, or leave it out"),
        (
            "`silent` does not say which project it is of, and neither does its path",
            "let `moonpool test` write it, or keep it in a folder named as its project's",
        ),
    ]
