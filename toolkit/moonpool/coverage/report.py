"""What a report tells: the projects as coverage.py analysed them, and the numbers people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moonpool.coverage.missing import missing_text
from moonpool.coverage.numbers import FileNumbers, Numbers, ProjectNumbers, WorkspaceNumbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.coverage.analysis import Analysed
    from moonpool.coverage.combined import CombinedProject

__all__ = ["Report", "report_on"]


@dataclass(frozen=True)
class Report:
    """The numbers of all projects, and of those that have data the analysis behind the numbers."""

    numbers: WorkspaceNumbers
    analysed: tuple[Analysed, ...]


def report_on(projects: Sequence[CombinedProject], analysed: Sequence[Analysed]) -> Report:
    """Return the report on all ``projects``, those without any data included and noted as such."""
    by_id = {entry.project.id: entry for entry in analysed}
    numbers = WorkspaceNumbers(
        tuple(_project(project, by_id.get(project.id)) for project in projects),
        max((_precision(entry) for entry in analysed), default=0),
    )
    return Report(numbers, tuple(analysed))


def _precision(analysed: Analysed) -> int:
    value = analysed.coverage.get_option("report:precision")
    return value if isinstance(value, int) else 0


def _project(project: CombinedProject, analysed: Analysed | None) -> ProjectNumbers:
    if analysed is None:
        note = project.note or ("" if project.share else "no file of it was measured")
        return ProjectNumbers(
            project.id,
            project.source,
            note,
            measured=False,
            branches=False,
            expected=project.is_expected,
        )
    files = tuple(_file(path, entry) for path, entry in sorted(analysed.record["files"].items()))
    return ProjectNumbers(project.id, project.source, project.note, True, analysed.branches, files)


def _file(path: str, record: dict[str, Any]) -> FileNumbers:
    summary = record["summary"]
    numbers = Numbers(
        statements=summary["num_statements"],
        missing=summary["missing_lines"],
        excluded=summary["excluded_lines"],
        branches=summary.get("num_branches", 0),
        partial=summary.get("num_partial_branches", 0),
        missing_branches=summary.get("missing_branches", 0),
    )
    arcs = [(start, end) for start, end in record.get("missing_branches", ())]
    # Older coverage.py lists excluded lines that ran among the executed ones.
    ran = {*record["executed_lines"]}.difference(record["excluded_lines"])
    text = missing_text(ran, record["missing_lines"], arcs)
    return FileNumbers(path, numbers, text)
