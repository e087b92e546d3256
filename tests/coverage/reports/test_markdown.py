"""The Markdown report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.numbers import ProjectNumbers, WorkspaceNumbers
from moonpool.coverage.report import Report
from moonpool.coverage.reports.markdown import write

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_a_table_with_a_total_and_what_is_wrong(reports: Path) -> None:
    assert (reports / "summary.md").read_text() == (
        "| Project | Statements | Missing | Branches | Partial | Cover |\n"
        "| :--- | ---: | ---: | ---: | ---: | ---: |\n"
        "| core | 11 | 3 | 4 | 1 | 73.3% |\n"
        "| empty | - | - | - | - | - |\n"
        "| spoiled | - | - | - | - | - |\n"
        "| web | 6 | 1 | - | - | 83.3% |\n"
        "| **Total** | **17** | **4** | **4** | **1** | **76.2%** |\n"
        "\n"
        "- empty: no data: its tests were skipped\n"
        "- spoiled: no data: its data file cannot be read: file is not a database\n"
        "- web: its tests failed\n"
    )


def test_names_cannot_break_the_table(tmp_path: Path) -> None:
    project = ProjectNumbers("a|b_<c>", "a", "", measured=False, branches=False)
    path = write(tmp_path, Report(WorkspaceNumbers((project,), 0), ()))
    assert "| a\\|b\\_\\<c\\> | - |" in path.read_text()
