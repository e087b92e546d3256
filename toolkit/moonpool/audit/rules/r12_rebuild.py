"""R12: an image or a build that two workflows make of the same commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.finding import Finding, Severity
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.redundancy.occasions import job_runs, occasions
from moonpool.audit.redundancy.relation import Relation, matches
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["RULE"]

_Key = tuple[str, ...]


def _check(context: Context) -> Iterator[Finding]:
    plain = {path: r for path, r in context.runs.items() if not ships(r, context.worker)}
    built = {path: _built(context, run) for path, run in plain.items()}
    for run, entry, works in entries(context):
        if run.root.path in plain:
            continue
        for work in works:
            able = {path: r for path, r in plain.items() if _builds(work) & built[path]}
            found = _elsewhere(context, run, entry, work, able) if able else None
            if found:
                message = f"`{work.step.label}` builds what {found} builds of the same commit"
                advice = ("build once, and hand the result on as an artifact or an image",)
                yield at_step("R12", Severity.HIGH, entry, work.step, message, advice)


def _built(context: Context, run: Run) -> set[_Key]:
    works = (work for entry in run.jobs.values() for work in context.worker.works(entry))
    return {key for work in works for key in _builds(work)}


def _elsewhere(
    context: Context, run: Run, entry: RunJob, work: Work, able: dict[str, Run]
) -> str | None:
    for occasion in occasions(run.root):
        if job_runs(run, entry, occasion) is False:
            continue
        for match in matches(run, entry, occasion, able):
            if match.relation is not Relation.SAME_EVENT:
                continue
            for other in match.jobs:
                for candidate in context.worker.works(other):
                    if _builds(work) & _builds(candidate):
                        return f"`{other.job.id}` in {match.run.root.path}"
    return None


def _builds(work: Work) -> set[_Key]:
    if work.step.action == "docker/build-push-action":
        inputs = work.step.inputs
        given = (inputs.get(name, "") for name in ("context", "file", "target", "build-args"))
        return {("image", *given)}
    return {
        (*atom.words, atom.folder)
        for atom in work.atoms
        if atom.kind is Kind.BUILD and "${{" not in " ".join(atom.words)
    }


RULE = Rule("R12", "rebuild", Severity.HIGH, "one commit built by two workflows", _check)
