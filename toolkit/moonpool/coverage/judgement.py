"""All gates of a workspace, in the order in which people read them: projects, total, changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.coverage.changed import changed_numbers
from moonpool.coverage.gates import Floor, State, Verdict, at_least, not_worse, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from moonpool.coverage.analysis import Analysed
    from moonpool.coverage.gates import Former
    from moonpool.coverage.numbers import ProjectNumbers
    from moonpool.coverage.report import Report

__all__ = ["Thresholds", "judge"]


@dataclass(frozen=True)
class Thresholds:
    """What is asked for: least percentages, None for no such gate; ``each`` is by project id.

    ``changes`` are the changed lines by file, None when no base was given.
    """

    total: float | None
    each: Mapping[str, float | None]
    changed: float | None
    changes: Mapping[str, frozenset[int]] | None
    baseline: Mapping[str, Former]
    tolerance: float


def judge(report: Report, wanted: Thresholds, root: Path) -> tuple[Verdict, ...]:
    """Return every gate's verdict; a project whose data is missing is a verdict of its own."""
    parted = [project for project in report.numbers.projects if project.parted]
    verdicts = (
        *_projects(report, wanted),
        *_total(report, wanted),
        *_changed(report, wanted, root),
    )
    return tuple(_as_far_as_known(verdict, parted) for verdict in verdicts)


def _as_far_as_known(verdict: Verdict, parted: Sequence[ProjectNumbers]) -> Verdict:
    # The rest of the tests may run what a gate misses, so it has not failed yet.
    concerned = [
        project.id
        for project in parted
        if verdict.subject in (project.id, "workspace") or _holds_any(project, verdict)
    ]
    if verdict.state is not State.FAILED or not concerned:
        return verdict
    why = f"{verdict.sentence}; not all tests of {', '.join(concerned)} are counted"
    return unknown(verdict.gate, verdict.subject, why)


def _holds_any(project: ProjectNumbers, verdict: Verdict) -> bool:
    return not {file.path for file in project.files}.isdisjoint(file.path for file in verdict.files)


def _projects(report: Report, wanted: Thresholds) -> Iterator[Verdict]:
    by_id = {entry.project.id: entry for entry in report.analysed}
    for project in report.numbers.projects:
        if _lacks_data(project) and _is_asked_for(project, wanted):
            yield unknown("data", project.id, project.note)
        if not project.measured:
            continue
        each = wanted.each.get(project.id)
        if each is not None:
            yield at_least("project", project.id, project.files, Floor(each))
        analysed = by_id.get(project.id)
        if analysed and (own := _own_floor(analysed)):
            # coverage.py's setting is about what coverage.py measured.
            files = [file for file in project.files if file.path in analysed.record["files"]]
            yield at_least("fail_under", project.id, files, own)
        if former := wanted.baseline.get(project.id):
            yield not_worse(project, former, wanted.tolerance)


def _is_asked_for(project: ProjectNumbers, wanted: Thresholds) -> bool:
    # Of a project that no gate looks at nothing need be known, such as an unaffected one's.
    each = wanted.each.get(project.id)
    return wanted.total is not None or each is not None or project.id in wanted.baseline


def _own_floor(analysed: Analysed) -> Floor | None:
    percent = analysed.coverage.get_option("report:fail_under")
    precision = analysed.coverage.get_option("report:precision")
    if not isinstance(percent, int | float) or not percent:
        return None
    return Floor(float(percent), precision if isinstance(precision, int) else 0)


def _total(report: Report, wanted: Thresholds) -> Iterator[Verdict]:
    if wanted.total is None:
        return
    files = [file for project in report.numbers.projects for file in project.files]
    verdict = at_least("total", "workspace", files, Floor(wanted.total))
    missing = [project.id for project in _without_data(report)]
    if verdict.state is State.PASSED and missing:
        yield unknown("total", "workspace", f"{verdict.sentence}, without {', '.join(missing)}")
    else:
        yield verdict


def _changed(report: Report, wanted: Thresholds, root: Path) -> Iterator[Verdict]:
    if wanted.changes is None:
        return
    files = changed_numbers(report, wanted.changes, root)
    if files:
        yield at_least("changed", "lines", files, Floor(wanted.changed or 0.0))
    else:
        yield Verdict("changed", "lines", State.PASSED, "no measured line changed")
    for project in _without_data(report) if wanted.changed is not None else ():
        paths = [path for path in wanted.changes if _is_source_of(project, path)]
        if paths:
            yield unknown("changed", project.id, f"{project.note}; changed: {', '.join(paths)}")


def _without_data(report: Report) -> list[ProjectNumbers]:
    return [project for project in report.numbers.projects if _lacks_data(project)]


def _lacks_data(project: ProjectNumbers) -> bool:
    return project.expected and not (project.measured and project.whole)


def _is_source_of(project: ProjectNumbers, path: str) -> bool:
    inside = project.source == "." or path.startswith(f"{project.source}/")
    # Nobody knows the sources of a language of which there is no data.
    return inside and (project.declared or path.endswith(".py"))
