"""R5: pull requests whose outdated runs go on after the next push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Insert
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.gitlab.findings import uninterruptible
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.rules.looking import at_trigger
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]

# Anything but a pull request gets a group of its own: a push to main must never be cancelled, nor
# replaced while it waits, because its run is what others rest on.
_LINES = (
    "concurrency:",
    "  group: ${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}",
    "  cancel-in-progress: true",
)


def _check(context: Context) -> Iterator[Finding]:
    for run in context.runs.values():
        workflow = run.root
        concurrent = "concurrency" in workflow.content or any(
            "concurrency" in entry.job.content for entry in run.jobs.values()
        )
        checks = any(w.checks for e in run.jobs.values() for w in context.worker.works(e))
        if not workflow.listens("pull_request") or concurrent or not checks:
            continue
        fixable = not ships(run, context.worker) and not workflow.listens("workflow_call")
        edit = Insert((), "concurrency", ("", *_LINES), after="on")
        fix = Fix("cancel outdated runs", Safety.SAFE, (Change(workflow.path, (edit,)),))
        yield at_trigger(
            "R5",
            Severity.MEDIUM,
            workflow,
            "pull_request",
            "a further push to a pull request lets the outdated run go on",
            fix=fix if fixable else None,
        )
    if context.pipeline is not None:
        yield from uninterruptible(context.pipeline)


RULE = Rule("R5", "no-cancel", Severity.MEDIUM, "outdated runs of a pull request go on", _check)
