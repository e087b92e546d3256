"""coverage.py's data files: read in one pass, written reproducibly, refused with a reason."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from moonpool.coverage.datafile import DataFileError, read_data_file, write_data_file
from moonpool.coverage.executed import Executed, FileRun

if TYPE_CHECKING:
    from pathlib import Path

_LINES = Executed(
    False,
    {
        "a.py": FileRun(lines={"": 0b1010, "test_a": 1 << 200}),
        "page.html": FileRun("jinja", lines={"": 0b10}),
        "never.py": FileRun(),
    },
)
_ARCS = Executed(
    True,
    {
        "a.py": FileRun(arcs={"": frozenset([(-1, 1), (1, 5)]), "t": frozenset([(5, -1)])}),
        "never.py": FileRun(),
    },
)

# More than are written at once, and twice as many, with and without a rest.
_MANY = Executed(
    True,
    {
        f"{count}.py": FileRun(arcs={"": frozenset((n, n + 1) for n in range(count))})
        for count in (99, 100, 101, 200, 250)
    },
)


@pytest.mark.parametrize(
    "executed", [_LINES, _ARCS, _MANY, Executed(True, {}), Executed(False, {})]
)
def test_what_is_written_is_read_again(tmp_path: Path, executed: Executed) -> None:
    write_data_file(tmp_path / "data", executed)
    assert read_data_file(tmp_path / "data") == executed


def test_coverage_itself_reads_what_is_written(tmp_path: Path) -> None:
    write_data_file(tmp_path / "data", _LINES)
    data = CoverageData(basename=str(tmp_path / "data"))
    data.read()
    assert data.measured_files() == {"a.py", "page.html", "never.py"}
    assert data.contexts_by_lineno("a.py") == {1: [""], 3: [""], 200: ["test_a"]}
    assert data.file_tracer("page.html") == "jinja"
    assert not data.has_arcs()


def test_the_order_of_files_and_contexts_does_not_change_a_byte(tmp_path: Path) -> None:
    turned = {
        name: FileRun(run.tracer, dict(sorted(run.lines.items(), reverse=True)))
        for name, run in sorted(_LINES.files.items(), reverse=True)
    }
    write_data_file(tmp_path / "one", _LINES)
    write_data_file(tmp_path / "two", Executed(False, turned))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def _change(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("update coverage_schema set version = 99", "has schema 99 where 7 was expected"),
        ("delete from coverage_schema", "has schema None where 7 was expected"),
        ("drop table coverage_schema", "is not a data file of coverage.py"),
        ("drop table line_bits", "cannot be read: no such table: line_bits"),
        ("delete from context", "contradicts itself: KeyError(1)"),
        ("update meta set value = 'x' where key = 'has_arcs'", "contradicts itself: ValueError("),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_reason(
    tmp_path: Path, statement: str, reason: str
) -> None:
    write_data_file(tmp_path / "data", _LINES)
    _change(tmp_path / "data", statement)
    with pytest.raises(DataFileError) as caught:
        read_data_file(tmp_path / "data")
    assert str(caught.value).startswith(reason)


def test_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("hello " * 200)
    with pytest.raises(DataFileError) as caught:
        read_data_file(tmp_path / "data")
    assert str(caught.value) == "cannot be read: file is not a database"


def test_a_file_that_somebody_writes_to_is_refused_rather_than_read_by_half(tmp_path: Path) -> None:
    write_data_file(tmp_path / "data", _LINES)
    with contextlib.closing(sqlite3.connect(tmp_path / "data")) as writer:
        writer.execute("begin exclusive")
        with pytest.raises(DataFileError) as caught:
            read_data_file(tmp_path / "data")
    assert str(caught.value) == "cannot be read: database is locked"


def test_an_absent_file_is_just_that(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_data_file(tmp_path / "data")
