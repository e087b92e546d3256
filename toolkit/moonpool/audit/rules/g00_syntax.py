"""G0: a workflow that GitHub cannot read, or refuses to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Place, Severity
from moonpool.audit.reading.structure import structure_problems
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    repository = context.repository
    unreadable = (*repository.problems, *(context.pipeline.unread if context.pipeline else ()))
    problems = [*unreadable]
    for workflow in repository.workflows.values():
        problems += structure_problems(workflow.path, workflow.tree)
    for problem in problems:
        unread = problem in unreadable
        place = Place(problem.path, problem.line)
        yield Finding("G0", Severity.ERROR, place, problem.message, facts={"unread": unread})


RULE = Rule(
    "G0", "syntax", Severity.ERROR, "a workflow that GitHub cannot read or refuses to start", _check
)
