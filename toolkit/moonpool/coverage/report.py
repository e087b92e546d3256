"""What a report tells: what coverage.py and other tools know, and the numbers people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moonpool.coverage.foreign import file_numbers
from moonpool.coverage.missing import missing_text
from moonpool.coverage.numbers import FileNumbers, Numbers, ProjectNumbers, WorkspaceNumbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.coverage.analysis import Analysed
    from moonpool.coverage.combined import CombinedProject
    from moonpool.coverage.foreign import ForeignShare

__all__ = ["Report", "report_on"]


@dataclass(frozen=True)
class Report:
    """The numbers of all projects, and of those that have data what is behind the numbers."""

    numbers: WorkspaceNumbers
    analysed: tuple[Analysed, ...]
    foreign: tuple[ForeignShare, ...] = ()


def report_on(
    projects: Sequence[CombinedProject],
    analysed: Sequence[Analysed],
    foreign: Sequence[ForeignShare] = (),
) -> Report:
    """Return the report on all ``projects``, those without any data included and noted as such."""
    by_id = {entry.project.id: entry for entry in analysed}
    others = {share.project.id: share for share in foreign}
    numbers = WorkspaceNumbers(
        tuple(
            _project(project, by_id.get(project.id), others.get(project.id)) for project in projects
        ),
        max((_precision(entry) for entry in analysed), default=0),
    )
    return Report(numbers, tuple(analysed), tuple(foreign))


def _precision(analysed: Analysed) -> int:
    value = analysed.coverage.get_option("report:precision")
    return value if isinstance(value, int) else 0


def _project(
    project: CombinedProject, analysed: Analysed | None, foreign: ForeignShare | None
) -> ProjectNumbers:
    measured = analysed is not None or foreign is not None
    nothing = "" if measured or project.share else "no file of it was measured"
    return ProjectNumbers(
        project.id,
        project.source,
        project.note or nothing,
        measured=measured,
        branches=any(known.branches for known in (analysed, foreign) if known),
        files=tuple(sorted(_files(analysed, foreign), key=lambda file: file.path)),
        expected=project.is_expected,
        declared=project.declared,
        whole=project.is_whole,
        parted=bool(project.parts) or any(file.shard for file in project.lacking),
    )


def _files(analysed: Analysed | None, foreign: ForeignShare | None) -> Iterator[FileNumbers]:
    if analysed:
        yield from (_file(path, entry) for path, entry in analysed.record["files"].items())
    if foreign:
        yield from (file_numbers(path, counts) for path, counts in foreign.files.items())


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
