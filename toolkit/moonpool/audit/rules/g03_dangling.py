"""G3: references to jobs, steps, outputs or files that are not there, and jobs in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Place, Severity
from moonpool.audit.gitlab.findings import dangling
from moonpool.audit.reading.links import link_problems
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for workflow in context.repository.workflows.values():
        for problem in link_problems(context.repository, workflow):
            yield Finding("G3", Severity.ERROR, Place(problem.path, problem.line), problem.message)
    if context.plan is not None:
        yield from dangling(context.plan)


RULE = Rule(
    "G3", "dangling", Severity.ERROR, "a reference that leads nowhere, or jobs in a circle", _check
)
