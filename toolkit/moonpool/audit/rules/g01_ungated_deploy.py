"""G1: a deploy that starts with CI and does not wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Severity
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.redundancy.occasions import job_runs, occasions
from moonpool.audit.rules.looking import at_trigger
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.runs import Run

__all__ = ["RULE"]

# Words of actions and scripts that wait for another workflow by asking again and again.
_WAITS = ("wait-on-check", "wait-for-check", "wait_for", "wait-for-status", "gh run watch")


def _check(context: Context) -> Iterator[Finding]:
    for run in context.runs.values():
        pushes = [o for o in occasions(run.root) if o.event == "push"]
        checked = any(w.checks for e in run.jobs.values() for w in context.worker.works(e))
        waits = any(word in run.root.source.text for word in _WAITS)
        if not pushes or checked or waits or not ships(run, context.worker):
            continue
        other = _ci(context, run)
        if other is not None:
            message = f"it ships what {other} has not found good yet: both start at once"
            advice = ("start it by `workflow_run` after that, on `workflow_run.head_sha`",)
            yield at_trigger("G1", Severity.LOW, run.root, "push", message, advice)


def _ci(context: Context, run: Run) -> str | None:
    for occasion in occasions(run.root):
        for path, other in context.runs.items():
            same = any(occasion.trigger.within(t) for t in other.root.triggers)
            if path == run.root.path or not same or occasion.event != "push":
                continue
            for entry in other.jobs.values():
                checks = any(work.checks for work in context.worker.works(entry))
                if checks and job_runs(other, entry, occasion) is True:
                    return path
    return None


RULE = Rule("G1", "ungated-deploy", Severity.LOW, "a deploy that does not wait for CI", _check)
