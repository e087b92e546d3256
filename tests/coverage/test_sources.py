"""Data say which sources they are about, and are refused for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage import CoverageData

from moonpool.coverage.combine import combine, data_errors
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.project import adopt
from moonpool.coverage.sources import changed_since, digests
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path


def _measured(root: Path) -> Path:
    project = plant(root / "core", {"a.py": "a = 1\n", "b.py": "b = 2\n"})
    runs = {str(project / name): FileRun(lines={"": 0b10}) for name in ("a.py", "b.py")}
    write_data_file(root / "raw", Executed(False, runs))
    adopt(project, root / "raw", project / DATA_FILE)
    return project


def test_a_change_of_a_source_is_noticed_and_line_ends_are_none(tmp_path: Path) -> None:
    project = _measured(tmp_path)
    (project / "a.py").write_bytes(b"a = 1\r\n")
    assert changed_since(project / DATA_FILE, project) == ()
    (project / "a.py").write_text("a = 3\n")
    (project / "b.py").unlink()
    assert changed_since(project / DATA_FILE, project) == ("a.py",)


def test_coverage_reads_such_a_file_and_two_clones_have_the_same_bytes(tmp_path: Path) -> None:
    one, two = _measured(tmp_path / "here"), _measured(tmp_path / "somewhere" / "else")
    assert (one / DATA_FILE).read_bytes() == (two / DATA_FILE).read_bytes()
    data = CoverageData(basename=str(one / DATA_FILE))
    data.read()
    assert data.lines("a.py") == [1]


def test_data_of_an_older_commit_are_refused_and_named(tmp_path: Path) -> None:
    project = _measured(tmp_path)
    (project / "a.py").write_text("\na = 1\n")
    (project / "b.py").write_text("\nb = 2\n")
    combined = combine([ProjectInput("core", "core", project, "passed")], tmp_path)
    (known,) = combined.projects
    assert (known.data, known.share) == ("unreadable", False)
    (error,) = data_errors(known)
    assert error.message == (
        "`core/.moonpool/coverage` of project `core` is about other sources: "
        "`a.py` and 1 more changed since"
    )
    assert error.hint == "run `moon run core:test --force`"


def test_data_without_digests_are_taken_as_they_are(tmp_path: Path) -> None:
    write_data_file(tmp_path / "data", Executed(False, {"a.py": FileRun()}))
    assert changed_since(tmp_path / "data", tmp_path) == ()
    assert digests(tmp_path, ["a.py"]) == {}
