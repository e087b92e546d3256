"""Which files in a folder of artifacts are data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.finding import data_files, files_beside
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path


def _touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_data_is_found_at_any_depth_and_reports_are_passed_over(tmp_path: Path) -> None:
    wanted = ["1/coverage", "1/core/.moonpool/coverage-partial", "2/.coverage.host.1"]
    reports = ["1/coverage.xml", "1/coverage.json", "2/lcov.info", "2/notcoverage"]
    _touch(tmp_path, *wanted, *reports)
    assert {path.relative_to(tmp_path).as_posix() for path in data_files([tmp_path])} == {*wanted}


def test_what_runs_and_combining_left_below_our_own_folder_is_not_data(tmp_path: Path) -> None:
    _touch(tmp_path, ".moonpool/coverage", ".moonpool/run-1/coverage.gw0")
    _touch(tmp_path, ".moonpool/combined/coverage")
    assert data_files([tmp_path]) == [tmp_path / ".moonpool" / "coverage"]


def test_a_file_that_is_named_may_have_any_name(tmp_path: Path) -> None:
    assert data_files([tmp_path / "shard-1"]) == [tmp_path / "shard-1"]


def test_the_output_is_no_input(tmp_path: Path) -> None:
    _touch(tmp_path, "coverage", ".coverage.1", "deeper/.coverage.2")
    assert files_beside(tmp_path, tmp_path / "coverage") == [tmp_path / ".coverage.1"]


def test_folders_without_data_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(MoonpoolError) as caught:
        data_files([tmp_path])
    assert caught.value.message == f"found no data files in `{tmp_path}`"
    assert caught.value.slug == "coverage-nothing-to-unite"
