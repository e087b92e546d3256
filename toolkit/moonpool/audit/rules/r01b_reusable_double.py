"""R1b: a workflow that starts by itself and is called by another on the same event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Delete
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.reading.tree import Mapping
from moonpool.audit.redundancy.occasions import job_runs
from moonpool.audit.rules.r01_verify_in_deploy import calls_the_cover, finding
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.verdict import Verdict

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for verdict in context.verdicts:
        if not calls_the_cover(verdict):
            continue
        found = finding(context, verdict, "R1b")
        occasion, cover = verdict.covers[0]
        path = cover.match.run.root.path
        message = f"{path} runs twice on {occasion.words}: by itself, and called by this job"
        # The call is what gates this workflow, so the other's own trigger is what could go.
        advice = f"instead: take {occasion.words} out of the triggers of {path}"
        yield replace(
            found,
            message=message,
            fix=_fix(verdict),
            details=(*found.details, advice),
            facts={**found.facts, "verdict": "advise"},
        )


def _fix(verdict: Verdict) -> Fix | None:
    """Take the event out of the called workflow, if it listens to nothing more of that event."""
    occasion, cover = verdict.covers[0]
    workflow = cover.match.run.root
    # `push` counts as two events, branches and tags.
    there = [t for t in workflow.triggers if t.event.startswith(occasion.event)]
    on = workflow.tree.get("on")
    again = len({c.match.occasion.event for _, c in verdict.covers}) > 1
    equal = len(there) == 1 and there[0].within(occasion.trigger)
    if (
        again
        or not equal
        or not _always_calls(verdict)
        or not isinstance(on, Mapping)
        or len(on.entries) < 2
    ):
        return None
    change = Change(workflow.path, (Delete(("on", occasion.event)),))
    return Fix(f"take `{occasion.event}` out of {workflow.path}", Safety.UNSAFE, (change,))


def _always_calls(verdict: Verdict) -> bool:
    """Whether the caller's conditions are known to hold; those of the called jobs hold alike."""
    occasion, cover = verdict.covers[0]
    for mine, there in zip(verdict.spots, cover.spots, strict=False):
        given = frozenset(condition.bare for condition in there.entry.conditions)
        if job_runs(verdict.run, mine.entry, occasion, given) is not True:
            return False
    return True


RULE = Rule(
    "R1b",
    "reusable-double",
    Severity.HIGH,
    "a workflow that starts by itself and is called on the same event",
    _check,
)
