"""The lcov report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def _records(text: str) -> dict[str, list[str]]:
    records = [record.strip().splitlines() for record in text.split("end_of_record\n")]
    return {record[0].removeprefix("SF:"): record[1:] for record in records if record}


def test_every_file_has_one_record_under_the_workspaces_name(reports: Path) -> None:
    text = (reports / "lcov.info").read_text()
    assert text.count("end_of_record") == 3
    records = _records(text)
    assert list(records) == [
        "core/src/core/__init__.py",
        "core/src/core/never.py",
        "web/src/web/__init__.py",
    ]
    assert records["core/src/core/never.py"][:2] == ["DA:1,0", "DA:2,0"]
    assert {"LF:6", "LH:5"} <= set(records["web/src/web/__init__.py"])


def test_branches_are_there_for_the_project_that_measures_them(reports: Path) -> None:
    records = _records((reports / "lcov.info").read_text())
    assert {"BRF:4", "BRH:3"} <= set(records["core/src/core/__init__.py"])
    assert not [line for line in records["web/src/web/__init__.py"] if line.startswith("BR")]
