"""R1: a deploy, release or publish path that runs checks which ran before on the same commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.context import Gate
from moonpool.audit.editing.change import Change
from moonpool.audit.editing.gate import called_after, started_after
from moonpool.audit.editing.removal import job_removal, step_removal
from moonpool.audit.editing.splice import RefusedError
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.gitlab.repeated import checked_before, tagged_again
from moonpool.audit.redundancy.relation import Relation
from moonpool.audit.rules.repetition import (
    details,
    facts,
    left_over,
    missing_of,
    named,
    place,
    related,
)
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.context import Context
    from moonpool.audit.editing.change import Edit
    from moonpool.audit.redundancy.verdict import Verdict
    from moonpool.audit.timings import Minutes

__all__ = ["RULE", "calls_the_cover", "finding"]


def calls_the_cover(verdict: Verdict) -> bool:
    """Whether the job calls the very workflow that covers it, which is R1b's case."""
    called = verdict.spots[0].entry.workflow.path
    return (
        verdict.calls
        and not verdict.inside
        and all(
            c.match.run.root.path == called and c.match.relation is Relation.SAME_EVENT
            for _, c in verdict.covers
        )
    )


def _check(context: Context) -> Iterator[Finding]:
    for verdict in context.verdicts:
        if not calls_the_cover(verdict):
            yield finding(context, verdict, "R1")
    if context.plan is not None:
        yield from checked_before(context.plan, context.worker)
        yield from tagged_again(context.plan, context.worker, context.assumed)


def finding(context: Context, verdict: Verdict, rule: str) -> Finding:
    """Return what is said of a verdict."""
    gated = context.gate in (Gate.WORKFLOW_RUN, Gate.NEEDS)
    missing = missing_of(verdict, gated=gated)
    left = left_over(context, verdict)
    minutes = _minutes(context, verdict)
    fix: Fix | None = None
    refused: str | None = None
    if not missing:
        try:
            fix = _fix(context, verdict)
        except RefusedError as error:
            refused = f"{verdict.run.root.path}:{error.line + 1}: {error.message}"
    lines = [*details(verdict, missing, left, minutes)]
    lines += [f"to be done by hand: {refused}"] if refused else []
    known = facts(verdict, missing, left, minutes)
    return Finding(
        rule=rule,
        severity=Severity.HIGH if verdict.ships else Severity.MEDIUM,
        place=place(verdict),
        message=_message(verdict),
        job=verdict.job_id,
        step=None if verdict.whole_job or verdict.partly else verdict.spots[0].index,
        details=tuple(lines),
        related=related(verdict),
        fix=fix,
        facts={"verdict": "fix" if fix else "advise", **known, "refused": refused},
    )


def _message(verdict: Verdict) -> str:
    _, cover = max(verdict.covers, key=lambda entry: entry[1].match.relation.rank)
    relation, job = cover.match.relation, cover.spots[0].entry.job.id
    if relation is Relation.SAME_RUN:
        return f"{named(verdict)} repeats what the job `{job}` has checked in the same run"
    path = cover.match.run.root.path
    return f"{named(verdict)} repeats what the job `{job}` in {path} checks ({relation.value})"


def _minutes(context: Context, verdict: Verdict) -> Minutes | None:
    if context.timings is None or verdict.inside or verdict.partly:
        return None
    workflow = verdict.run.root
    job = workflow.jobs[verdict.job_id]
    name = str(job.content.get("name") or job.id)
    if verdict.whole_job:
        return context.timings.of_job(workflow.name, name)
    steps = [spot.work.step for spot in verdict.spots]
    names = [step.name or f"Run {(step.run or step.uses or '').splitlines()[0]}" for step in steps]
    return context.timings.of_steps(workflow.name, name, names)


def _fix(context: Context, verdict: Verdict) -> Fix:
    workflow = verdict.run.root
    job = workflow.jobs[verdict.job_id]
    indices = [spot.index for spot in verdict.spots]
    edits: Sequence[Edit] = (
        job_removal(workflow, job) if verdict.whole_job else step_removal(job, indices)
    )
    changes = [Change(workflow.path, tuple(edits)), *_gate(context, verdict)]
    safety = Safety.GATED if verdict.needs_gate else Safety.SAFE
    unused = tuple(orphan.removal for orphan in left_over(context, verdict))
    cascade = (Change(workflow.path, unused),) if unused else ()
    return Fix(f"remove {named(verdict)}", safety, tuple(changes), cascade)


def _gate(context: Context, verdict: Verdict) -> list[Change]:
    if not verdict.needs_gate or context.gate in (None, Gate.NONE):
        return []
    cover = next(c for _, c in verdict.covers if c.match.relation is Relation.SAME_EVENT)
    other = cover.match.run.root
    if context.gate is Gate.WORKFLOW_RUN:
        return started_after(verdict.run.root, other)
    return called_after(verdict.run.root, other, [spot.entry.key[0] for spot in cover.spots])


RULE = Rule(
    "R1",
    "verify-in-deploy",
    Severity.HIGH,
    "checks in a deploy or release that ran before on the same commit",
    _check,
)
