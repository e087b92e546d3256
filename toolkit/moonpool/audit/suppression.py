"""Comments that silence a rule where they stand: `# moonpool: ignore[R1] why it is meant so`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from moonpool.audit.finding import Finding
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.reading.workflow import Workflow

__all__ = ["without_ignored"]

_IGNORE = re.compile(r"#\s*moonpool:\s*ignore\[([\w\s,]+)\](.*)")
_NO_REASON = "its `moonpool: ignore` comment gives no reason, and so counts for nothing"


def without_ignored(repository: Repository, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings that no comment silences; one without a reason silences nothing."""
    for finding in findings:
        workflow = repository.workflows.get(finding.place.path)
        lines = workflow.source.lines if workflow else _lines(repository, finding.place.path)
        reasons = list(_reasons(workflow, lines, finding)) if lines else []
        if not reasons:
            yield finding
        elif not any(reasons):
            yield replace(finding, details=(*finding.details, _NO_REASON))


def _lines(repository: Repository, path: str) -> list[str]:
    """The lines of another file that was audited, such as GitLab's."""
    return (repository.text(path) or "").splitlines(keepends=True)


def _reasons(workflow: Workflow | None, lines: list[str], finding: Finding) -> Iterator[str]:
    """Yield the reason, perhaps an empty one, of each comment that names the finding's rule."""
    for number in sorted(_numbers(workflow, lines, finding)):
        match = _IGNORE.search(lines[number])
        if match and finding.rule.lower() in re.split(r"[\s,]+", match[1].lower()):
            yield match[2].strip()


def _numbers(workflow: Workflow | None, lines: list[str], finding: Finding) -> set[int]:
    """The lines whose comments speak of a finding: its step's, its job's first, those above."""
    first = min(finding.place.line - 1, len(lines) - 1)
    starts = {first}
    found: set[int] = set()
    job = workflow.jobs.get(finding.job or "") if workflow else None
    if job is not None:
        starts.add(job.line)
        if finding.step is not None:
            found.update(range(first, min(finding.place.last, len(lines))))
    for start in starts:
        found.add(start)
        above = start - 1
        while above >= 0 and lines[above].lstrip().startswith("#"):
            found.add(above)
            above -= 1
    return found
