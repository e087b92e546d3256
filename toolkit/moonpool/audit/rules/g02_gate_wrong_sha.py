"""G2: a workflow that follows another one, whatever became of that or on another commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Safety, Severity
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.redundancy.occasions import Occasion, job_runs
from moonpool.audit.redundancy.work import Role
from moonpool.audit.rules.looking import at_step, at_trigger, entries, given_input
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]

_SHA = "${{ github.event.workflow_run.head_sha }}"


def _check(context: Context) -> Iterator[Finding]:
    for run in context.runs.values():
        follows = next((t for t in run.root.triggers if t.event == "workflow_run"), None)
        if follows is None or not ships(run, context.worker):
            continue
        failed = Occasion(follows, conclusion="failure")
        if any(job_runs(run, entry, failed) is not False for entry in run.jobs.values()):
            message = "it also follows a run that failed: `completed` is no success"
            advice = ("ask for `github.event.workflow_run.conclusion == 'success'`",)
            yield at_trigger("G2", Severity.LOW, run.root, "workflow_run", message, advice)
    for run, entry, works in entries(context):
        if {t.event for t in run.root.triggers} != {"workflow_run"}:
            continue
        for work in works:
            given = work.step.inputs
            if work.role is Role.CHECKOUT and not {"ref", "repository"} & given.keys():
                message = "it checks out the default branch, not the commit that was tested"
                fix = given_input(entry, work.step, {"ref": _SHA}, Safety.SAFE)
                yield at_step("G2", Severity.LOW, entry, work.step, message, fix=fix)


RULE = Rule(
    "G2",
    "gate-wrong-sha",
    Severity.LOW,
    "a gate that lets bad commits through",
    _check,
)
