"""The table for the terminal: a line per project, or per file, and the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.coverage.numbers import Numbers, ProjectNumbers, WorkspaceNumbers

__all__ = ["table"]


def table(
    numbers: WorkspaceNumbers, *, files: bool = False, missing: bool = False, bold: bool = False
) -> str:
    """Return the numbers as lines of text.

    ``files`` lists the files below each project, ``missing`` says what did not run of each, and
    ``bold`` sets the total off for a terminal.
    """
    last = "Missing" if missing else ""
    head = ["Project", "Stmts", "Miss", *_branch_cells(numbers, "Branch", "BrPart"), "Cover", last]
    rows = [row for project in numbers.projects for row in _rows(numbers, project, files, missing)]
    total = ["Total", *_cells(numbers, numbers.total, numbers.branches), ""]
    lines = _aligned([head, *rows, total])
    rule = "-" * max(len(line) for line in (lines[0], lines[-1]))
    if bold:
        lines[-1] = f"\033[1m{lines[-1]}\033[0m"
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _rows(
    numbers: WorkspaceNumbers, project: ProjectNumbers, files: bool, missing: bool
) -> Iterator[list[str]]:
    if project.measured:
        cells = _cells(numbers, project.numbers, project.branches)
    else:
        cells = ["-", "-", *_branch_cells(numbers, "-", "-"), "-"]
    yield [project.id, *cells, project.note]
    if files:
        for file in project.files:
            cells = _cells(numbers, file.numbers, project.branches)
            yield [f"  {file.path}", *cells, file.missing if missing else ""]


def _cells(numbers: WorkspaceNumbers, counts: Numbers, branches: bool) -> list[str]:
    of_branches = (str(counts.branches), str(counts.partial)) if branches else ("-", "-")
    return [
        str(counts.statements),
        str(counts.missing),
        *_branch_cells(numbers, *of_branches),
        f"{counts.percent_text(numbers.precision)}%",
    ]


def _branch_cells(numbers: WorkspaceNumbers, *cells: str) -> tuple[str, ...]:
    return cells if numbers.branches else ()


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    # The first column reads from the left, numbers from the right, and the last is free text.
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:], strict=True)),
                row[-1],
            ]
        ).rstrip()
        for row in rows
    ]
