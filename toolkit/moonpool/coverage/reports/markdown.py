"""The Markdown report, made to be put into a CI step's summary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from moonpool.coverage.numbers import Numbers, ProjectNumbers, WorkspaceNumbers
    from moonpool.coverage.report import Report

__all__ = ["write"]


def write(folder: Path, report: Report) -> Path:
    """Write ``summary.md``: a table of the projects, and what is wrong with any of them."""
    path = folder / "summary.md"
    write_whole(path, _text(report.numbers))
    return path


def _text(numbers: WorkspaceNumbers) -> str:
    lines = [
        "| Project | Statements | Missing | Branches | Partial | Cover |",
        "| :--- | ---: | ---: | ---: | ---: | ---: |",
        *(_row(project, numbers.precision) for project in numbers.projects),
        _total(numbers),
    ]
    noted = [project for project in numbers.projects if project.note]
    if noted:
        lines += ["", *(f"- {_escaped(project.id)}: {_escaped(project.note)}" for project in noted)]
    return "\n".join(lines) + "\n"


def _row(project: ProjectNumbers, precision: int) -> str:
    if not project.measured:
        return f"| {_escaped(project.id)} | - | - | - | - | - |"
    cells = _cells(project.numbers, project.branches, precision)
    return f"| {_escaped(project.id)} | {' | '.join(cells)} |"


def _total(numbers: WorkspaceNumbers) -> str:
    cells = _cells(numbers.total, numbers.branches, numbers.precision)
    return f"| **Total** | {' | '.join(f'**{cell}**' for cell in cells)} |"


def _cells(counts: Numbers, branches: bool, precision: int) -> list[str]:
    of_branches = [str(counts.branches), str(counts.partial)] if branches else ["-", "-"]
    percent = f"{counts.percent_text(precision)}%"
    return [str(counts.statements), str(counts.missing), *of_branches, percent]


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#+!|])", r"\\\1", text)
