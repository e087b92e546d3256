"""A data file says whose tests it is of, and which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage import CoverageData

from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.origin import Origin, note_origin, noted_origin
from moonpool.coverage.project import adopt
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path


def _data(path: Path) -> Path:
    write_data_file(path, Executed(False, {"a.py": FileRun(lines={"": 0b10})}))
    return path


def test_an_origin_is_read_as_it_was_noted_and_coverage_reads_the_file(tmp_path: Path) -> None:
    origin = Origin("packages/core", frozenset({"1/3", "2/3"}))
    note_origin(_data(tmp_path / "data"), origin)
    assert noted_origin(tmp_path / "data") == origin
    data = CoverageData(basename=str(tmp_path / "data"))
    data.read()
    assert data.lines("a.py") == [1]


def test_a_file_of_which_nothing_is_known_is_left_alone(tmp_path: Path) -> None:
    before = _data(tmp_path / "data").read_bytes()
    note_origin(tmp_path / "data", Origin())
    assert (tmp_path / "data").read_bytes() == before
    assert noted_origin(tmp_path / "data") == Origin()


def test_a_project_is_named_by_its_folder_in_the_workspace(tmp_path: Path) -> None:
    project = plant(tmp_path / "packages" / "core", {"a.py": "a = 1\n"})
    adopt(project, _data(tmp_path / "raw"), tmp_path / "inside", workspace_root=tmp_path)
    adopt(project, tmp_path / "raw", tmp_path / "alone")
    assert noted_origin(tmp_path / "inside") == Origin("packages/core")
    assert noted_origin(tmp_path / "alone") == Origin()
