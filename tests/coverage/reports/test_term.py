"""The table for the terminal."""

from __future__ import annotations

from moonpool.coverage.numbers import FileNumbers, Numbers, ProjectNumbers, WorkspaceNumbers
from moonpool.coverage.reports import table


def test_projects_come_with_their_numbers_or_the_reason_why_there_are_none(
    numbers: WorkspaceNumbers,
) -> None:
    assert table(numbers).splitlines() == [
        "Project  Stmts  Miss  Branch  BrPart  Cover",
        "-------------------------------------------",
        "core        11     3       4       1  73.3%",
        "empty        -     -       -       -      -  no data: its tests were skipped",
        (
            "spoiled      -     -       -       -      -"
            "  no data: its data file cannot be read: file is not a database"
        ),
        "web          6     1       -       -  83.3%  its tests failed",
        "-------------------------------------------",
        "Total       17     4       4       1  76.2%",
    ]


def test_files_come_below_their_project_with_what_did_not_run(numbers: WorkspaceNumbers) -> None:
    lines = table(numbers, files=True, missing=True).splitlines()
    assert lines[0].endswith("Cover  Missing")
    assert lines[2:5] == [
        "core                            11     3       4       1  73.3%",
        "  core/src/core/__init__.py      9     1       4       1  84.6%  2->3, 5",
        "  core/src/core/never.py         2     2       0       0   0.0%  1-2",
    ]


def test_files_alone_do_not_say_what_did_not_run(numbers: WorkspaceNumbers) -> None:
    assert "2->3" not in table(numbers, files=True)
    assert "core/src/core/never.py" in table(numbers, files=True)


def test_without_branches_there_are_no_columns_for_them_and_the_total_can_be_bold() -> None:
    file = FileNumbers("a/x.py", Numbers(statements=300, missing=1), "7")
    project = ProjectNumbers("a", "a", "", measured=True, branches=False, files=(file,))
    assert table(WorkspaceNumbers((project,), 0), bold=True).splitlines() == [
        "Project  Stmts  Miss  Cover",
        "---------------------------",
        "a          300     1    99%",
        "---------------------------",
        "\033[1mTotal      300     1    99%\033[0m",
    ]
