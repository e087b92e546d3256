"""Putting data on disk in the middle of a measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from moonpool.coverage.flush import flush
from tests.coverage.building import measured_code, plant

if TYPE_CHECKING:
    from pathlib import Path

    from coverage import Coverage


def test_it_writes_what_ran_and_does_not_look_for_what_did_not(tmp_path: Path) -> None:
    project = plant(
        tmp_path / "project",
        {".coveragerc": "[run]\nsource = src\n", "src/ran.py": "x = 1\n", "src/never.py": ""},
    )
    code = """
        from coverage import Coverage
        from moonpool.coverage.datafile import read_data_file
        from moonpool.coverage.flush import flush
        import ran
        files = read_data_file(flush(Coverage.current())).files
        print([(Path(name).name, dict(run.lines)) for name, run in files.items()])
    """
    assert measured_code(project, tmp_path / "data", code) == "[('ran.py', {'': 2})]\n"


class _Public:
    """A coverage.py of which nothing but the documented methods is left."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.saves = 0

    def save(self) -> None:
        self.saves += 1

    def get_data(self) -> _Public:
        return self

    def data_filename(self) -> str:
        return str(self.path)


def test_it_saves_in_the_documented_way_where_there_is_no_other(tmp_path: Path) -> None:
    documented = _Public(tmp_path / "coverage.main")
    assert flush(cast("Coverage", documented)) == documented.path
    assert documented.saves == 1
