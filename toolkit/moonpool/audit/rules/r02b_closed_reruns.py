"""R2b: checks that run once more when a pull request is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Insert
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.reading.triggers import Trigger
from moonpool.audit.redundancy.occasions import Occasion, job_runs, step_runs
from moonpool.audit.rules.looking import at_job, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.runs import RunJob

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for run, entry, works in entries(context):
        closing = [t for t in run.root.triggers if "closed" in (t.given("types") or ())]
        if not any(trigger.event == "pull_request" for trigger in closing):
            continue
        closed = Occasion(Trigger("pull_request", 0, (("types", ("closed",)),)))
        checks = any(w.checks and step_runs(entry, w.step, closed) is True for w in works)
        if checks and job_runs(run, entry, closed) is True:
            message = f"the checks of `{entry.job.id}` run again when a pull request is closed"
            advice = ("give the job `if: github.event.action != 'closed'`",)
            yield at_job("R2b", Severity.MEDIUM, entry, message, advice, _fix(entry))


def _fix(entry: RunJob) -> Fix | None:
    needed = any(entry.job.id in job.needs for job in entry.workflow.jobs.values())
    if entry.job.condition is not None or needed:
        return None  # A job that is skipped skips those that need it.
    line = "if: github.event.action != 'closed'"
    edit = Insert(("jobs", entry.job.id), "if", (line,), after="name")
    return Fix(f"`{line}`", Safety.UNSAFE, (Change(entry.workflow.path, (edit,)),))


RULE = Rule(
    "R2b", "closed-reruns", Severity.MEDIUM, "checks that run when a pull request is closed", _check
)
