"""The JSON report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def content(reports: Path) -> dict[str, Any]:
    """The report."""
    loaded: dict[str, Any] = json.loads((reports / "coverage.json").read_text())
    return loaded


def test_it_is_coverages_own_format(content: dict[str, Any]) -> None:
    assert content["meta"]["format"] == 3
    assert content["meta"]["branch_coverage"] is True
    file = content["files"]["core/src/core/__init__.py"]
    assert file["executed_lines"] == [1, 2, 3, 4, 6, 8, 9, 10]
    assert file["missing_lines"] == [5]
    assert file["excluded_lines"] == [11]
    assert file["missing_branches"] == [[2, 3]]


def test_its_totals_are_the_sums_of_its_files(content: dict[str, Any]) -> None:
    totals = content["totals"]
    for key in ("covered_lines", "num_statements", "missing_lines", "excluded_lines"):
        assert totals[key] == sum(file["summary"][key] for file in content["files"].values())
    assert totals["num_branches"] == 4
    assert totals["covered_branches"] == 3
    assert totals["percent_covered"] == pytest.approx(100 * 16 / 21)
    assert totals["percent_covered_display"] == "76.2"


def test_projects_are_named_even_without_data(content: dict[str, Any]) -> None:
    projects = content["projects"]
    assert projects["empty"] == {
        "source": "empty",
        "note": "no data: its tests were skipped",
        "summary": None,
    }
    assert projects["core"]["summary"]["num_statements"] == 11
    assert projects["web"]["note"] == "its tests failed"
