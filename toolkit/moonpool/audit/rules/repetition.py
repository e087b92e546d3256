"""What is said of a verdict: where, the evidence line by line, and the same for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.audit.finding import Place
from moonpool.audit.redundancy.leftovers import Removal, leftovers
from moonpool.audit.redundancy.orphans import orphans
from moonpool.audit.redundancy.relation import Relation
from moonpool.units import format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.covering import Cover
    from moonpool.audit.redundancy.occasions import Occasion
    from moonpool.audit.redundancy.orphans import Orphan
    from moonpool.audit.redundancy.spot import Spot
    from moonpool.audit.redundancy.verdict import Missing, Verdict
    from moonpool.audit.timings import Minutes

__all__ = ["details", "facts", "left_over", "missing_of", "named", "place", "related"]

_GATES = {
    Relation.SAME_RUN: "the job that it needs",
    Relation.AFTER_SUCCESS: "the run whose success starts it",
    Relation.MERGE_QUEUE: "the merge queue",
    Relation.PULL_REQUEST: "the required checks of the pull request",
    Relation.RELEASE: "whoever makes the release, and nothing in the workflow",
}


def named(verdict: Verdict) -> str:
    """What a verdict is about, as people call it."""
    if verdict.whole_job:
        return f"the job `{verdict.job_id}`"
    if verdict.partly:
        jobs = dict.fromkeys(f"`{spot.entry.job.id}`" for spot in verdict.spots)
        return f"the part {', '.join(jobs)} of the job `{verdict.job_id}`"
    return f"`{verdict.spots[0].work.step.label}`"


def place(verdict: Verdict) -> Place:
    """The lines of the step, or of the whole job."""
    path = verdict.workflow.path
    job = verdict.workflow.jobs[verdict.job_id]
    if verdict.whole_job or verdict.partly:
        return Place(path, job.line + 1, job.last + 1)
    step = verdict.spots[0].work.step
    return Place(path, step.line + 1, step.last + 1)


def related(verdict: Verdict) -> tuple[Place, ...]:
    """The covering steps, and the triggers on both sides."""
    found: list[Place] = []
    for occasion, cover in verdict.covers:
        mine = occasion.trigger.line + 1
        found.append(Place(verdict.run.root.path, mine, mine, f"starts on {occasion.words}"))
        there = cover.match.occasion.trigger.line + 1
        if cover.match.relation is not Relation.SAME_RUN:
            path = cover.match.run.root.path
            trigger = next(
                (t for t in cover.match.run.root.triggers if t.event == cover.match.occasion.event),
                None,
            )
            line = trigger.line + 1 if trigger else there
            found.append(Place(path, line, line, f"starts on {cover.match.occasion.words}"))
        found += map(_whole_job if verdict.calls else _step, cover.spots)
    return tuple(dict.fromkeys(found))


def _step(spot: Spot) -> Place:
    step = spot.work.step
    what = f"`{step.label}` in the job `{spot.entry.job.id}`"
    return Place(spot.entry.workflow.path, step.line + 1, step.last + 1, what)


def _whole_job(spot: Spot) -> Place:
    job = spot.entry.job
    return Place(spot.entry.workflow.path, job.line + 1, job.last + 1, f"the job `{job.id}`")


def left_over(context: Context, verdict: Verdict) -> list[Orphan]:
    """What nothing would use any more once the steps are gone."""
    if verdict.inside or verdict.partly:
        return []
    found = leftovers(context.repository, _removal(context, verdict))
    if verdict.whole_job:
        return found
    first = verdict.spots[0]
    without = frozenset(spot.index for spot in verdict.spots)
    before = orphans(context.repository, first.entry, first.works, frozenset())
    after = orphans(context.repository, first.entry, first.works, without)
    return [*(orphan for orphan in after if orphan not in before), *found]


def _removal(context: Context, verdict: Verdict) -> Removal:
    """The steps of the file that go with a verdict, and those that stay."""
    workflow, job = verdict.run.root, verdict.run.root.jobs[verdict.job_id]
    own = {key[0]: entry for key, entry in verdict.run.jobs.items() if len(key) == 1}
    works = {name: context.worker.works(entry) for name, entry in own.items()}
    indices = {spot.index for spot in verdict.spots}
    mine = works.get(job.id, ())
    gone = tuple(w for i, w in enumerate(mine) if verdict.whole_job or i in indices)
    left = {**works, job.id: tuple(w for w in mine if w not in gone)}
    parts = [job] if verdict.whole_job else [work.step for work in gone]
    lines = frozenset(line for part in parts for line in range(part.line, part.last + 1))
    return Removal(workflow, {job.id: gone}, left, lines)


def missing_of(verdict: Verdict, *, gated: bool) -> list[Missing]:
    """What the proof lacks; a gate makes up for runs that a newer commit cancels."""
    from moonpool.audit.redundancy.verdict import Missing

    cancelled = verdict.cancelled and not gated
    text = "the other run is cancelled when a newer commit comes, and this one goes on"
    return [*verdict.missing, *([Missing(text)] if cancelled else [])]


def details(
    verdict: Verdict, missing: Sequence[Missing], left: Sequence[Orphan], minutes: Minutes | None
) -> Iterator[str]:
    """Yield the lines below a finding's message."""
    checks = dict.fromkeys(atom.text for spot in verdict.spots for atom in spot.work.checks)
    called = dict.fromkeys(f"all of {spot.entry.workflow.path}" for spot in verdict.spots)
    yield "repeats: " + "; ".join(called if verdict.calls else checks)
    yield from dict.fromkeys(_evidence(occasion, cover) for occasion, cover in verdict.covers)
    for entry in missing:
        word = f" (`--assume {entry.assumption}`)" if entry.assumption else ""
        yield f"not proven: {entry.text}{word}"
    if left:
        yield "then unused: " + ", ".join(orphan.what for orphan in left)
    yield f"gate afterwards: {_gate(verdict)}"
    yield f"saves: {_saved(minutes)}"


def _evidence(occasion: Occasion, cover: Cover) -> str:
    relation = cover.match.relation
    jobs = dict.fromkeys(f"`{spot.entry.job.id}`" for spot in cover.spots)
    where = f"{', '.join(jobs)} in {cover.match.run.root.path}"
    return f"{occasion.words}: {where}; {relation.value}, {relation.words}"


def facts(
    verdict: Verdict, missing: Sequence[Missing], left: Sequence[Orphan], minutes: Minutes | None
) -> dict[str, Any]:
    """The same for programs."""
    return {
        "relation": verdict.relation.value,
        "whole_job": verdict.whole_job,
        "ships": verdict.ships,
        "checks": [atom.text for spot in verdict.spots for atom in spot.work.checks],
        "covered_by": [
            {
                "occasion": occasion.words,
                "relation": cover.match.relation.value,
                "workflow": cover.match.run.root.path,
                "jobs": list(dict.fromkeys(spot.entry.job.id for spot in cover.spots)),
            }
            for occasion, cover in verdict.covers
        ],
        "missing": [{"text": m.text, "assumption": m.assumption} for m in missing],
        "then_unused": [orphan.what.replace("`", "") for orphan in left],
        "gate": _gate(verdict),
        "minutes": None
        if minutes is None
        else {
            "runs": minutes.runs,
            "step_seconds": minutes.seconds,
            "wall_seconds": minutes.wall_seconds,
            "billed_minutes": minutes.billed_minutes,
        },
    }


def _gate(verdict: Verdict) -> str:
    if not verdict.ships:
        return "not needed, it ships nothing"
    if verdict.needs_gate:
        return "none, both start at once: choose `--gate workflow_run`, `needs` or `none`"
    return _GATES[verdict.relation]


def _saved(minutes: Minutes | None) -> str:
    if minutes is None:
        return "unknown without `--timings`"
    return (
        f"{format_seconds(minutes.wall_seconds)} until the end of the run, "
        f"{minutes.billed_minutes:.3g} billed minutes (median of {minutes.runs})"
    )
