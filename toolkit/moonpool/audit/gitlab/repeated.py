"""What one pipeline checks twice: a job that repeats another, and a tag that repeats its branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.finding import Finding, Place, Severity
from moonpool.audit.gitlab.order import earlier
from moonpool.audit.gitlab.presence import Start
from moonpool.audit.redundancy.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.gitlab.pipeline import PipelineJob
    from moonpool.audit.gitlab.plan import Plan
    from moonpool.audit.redundancy.work import Worker

__all__ = ["checked_before", "repeated", "tagged_again"]

# Two jobs have to agree in all of these for a check of one to be that of the other.
_ALIKE = ("image", "services", "variables", "tags", "hooks")
_Twin = tuple["PipelineJob", "Atom", "PipelineJob"]


def repeated(plan: Plan, worker: Worker) -> Iterator[Finding]:
    """Yield each job that runs a check which another one runs beside it."""
    before = earlier(plan.pipeline)
    for job, atom, other in _twins(plan, worker, before):
        if other.name not in before[job.name]:
            message = f"`{atom.text}` also runs in the job `{other.name}`"
            yield _at("R4", Severity.MEDIUM, job, message)


def checked_before(plan: Plan, worker: Worker) -> Iterator[Finding]:
    """Yield each job that runs a check which a job that it waits for has run."""
    before = earlier(plan.pipeline)
    for job, atom, other in _twins(plan, worker, before):
        if other.name in before[job.name]:
            ships = _ships(job, worker)
            severity = Severity.HIGH if ships else Severity.MEDIUM
            message = f"`{atom.text}` repeats what the job `{other.name}` has checked before it"
            missing = list(_unproven(job, atom, other, worker))
            details = (f"repeats: {atom.text}", *(f"not proven: {text}" for text in missing))
            gate = f"gate afterwards: `{other.name}`, which it waits for"
            facts = _facts(Relation.SAME_RUN, [atom.text], [other.name], missing, ships=ships)
            yield _at("R1", severity, job, message, (*details, gate), facts)


def tagged_again(plan: Plan, worker: Worker, assumed: frozenset[str]) -> Iterator[Finding]:
    """Yield that a tag which ships is checked as its commit was when it came to its branch."""
    tags = [occasion for occasion in plan.occasions if occasion.is_tag and plan.runs(occasion)]
    branches = [occasion for occasion in plan.occasions if occasion.is_default]
    jobs = plan.pipeline.jobs.values()
    ways = (Start.ITSELF, Start.BY_HAND)
    for tag in tags:
        shipping = [j for j in jobs if plan.start(j, tag) in ways and _ships(j, worker)]
        again = [
            job
            for job in jobs
            if job not in shipping
            and any(_checks(job, worker))
            and not job.content.get("artifacts")
            and plan.start(job, tag) is Start.ITSELF
            and any(plan.start(job, branch) is Start.ITSELF for branch in branches)
        ]
        if shipping and again:
            yield _tagged(again, shipping[0], worker, assumed)


def _tagged(
    again: list[PipelineJob], ships: PipelineJob, worker: Worker, assumed: frozenset[str]
) -> Finding:
    names = ", ".join(f"`{job.name}`" for job in again)
    assumption = Relation.RELEASE.assumption or ""
    missing = [] if assumption in assumed else [Relation.RELEASE.words]
    checks = [atom.text for job in again for atom in _checks(job, worker)]
    details = (
        f"repeats: {'; '.join(dict.fromkeys(checks))}",
        *(f"not proven: {text} (`--assume {assumption}`)" for text in missing),
        f"gate afterwards: whoever makes the tag; `{ships.name}` may need them `optional`",
        "advice: a rule `if: $CI_COMMIT_TAG` with `when: never` in front of the others",
    )
    message = f"a tag runs {names} again, which its branch ran on the same commit"
    on = [job.name for job in again]
    facts = _facts(Relation.RELEASE, checks, on, missing, ships=True)
    return _at("R1", Severity.MEDIUM, again[0], message, details, facts)


def _twins(plan: Plan, worker: Worker, before: dict[str, frozenset[str]]) -> Iterator[_Twin]:
    """Yield the first check of each job that another job has as well."""
    told: set[str] = set()
    for one, atom, two in _sharing(plan, worker):
        # The later one, in the pipeline or else in the file, is the one that can go.
        ways = [(one, two), (two, one)]
        for job, other in reversed(ways) if one.name in before[two.name] else ways:
            known = job.name in told or job.name in before[other.name]
            if not known and plan.covers(other, job):
                told.add(job.name)
                yield job, atom, other
                break


def _sharing(plan: Plan, worker: Worker) -> Iterator[_Twin]:
    """Yield all pairs of jobs, the later in the file first, that have a check in common."""
    seen: dict[object, list[PipelineJob]] = {}
    for job in plan.pipeline.jobs.values():
        if "parallel" in job.content or job.content.get("allow_failure"):
            continue
        alike = repr([job.content.get(key) for key in _ALIKE])
        paired: set[str] = {job.name}
        for atom in _checks(job, worker):
            others = seen.setdefault((atom.key, atom.env, atom.stronger, alike), [])
            yield from ((job, atom, other) for other in others if other.name not in paired)
            paired.update(other.name for other in others)
            others.append(job)


def _checks(job: PipelineJob, worker: Worker) -> Iterator[Atom]:
    for atom in worker.script("\n".join(job.script)):
        if atom.kind.is_check and atom.decides and atom.always and "$" not in " ".join(atom.words):
            yield atom


def _ships(job: PipelineJob, worker: Worker) -> bool:
    if job.content.get("environment") or job.content.get("release"):
        return True
    return any(atom.kind is Kind.SHIP for atom in worker.script("\n".join(job.script)))


def _unproven(job: PipelineJob, atom: Atom, other: PipelineJob, worker: Worker) -> Iterator[str]:
    """Yield what is done before the check here and not there, and what it may leave behind."""
    there = {entry.key for entry in worker.script("\n".join(other.script))}
    for entry in worker.script("\n".join(job.script)):
        if entry.key == atom.key:
            break
        if entry.kind is not Kind.NEUTRAL and entry.key not in there:
            yield f"`{entry.text}` runs before it only here"
    if job.content.get("artifacts") or job.content.get("coverage"):
        yield "its `artifacts` or its `coverage` may come from the check"
    if str(job.content.get("when")) == "always":
        yield "it runs whatever happened before it"


def _facts(
    relation: Relation, checks: list[str], jobs: list[str], missing: list[str], *, ships: bool
) -> dict[str, Any]:
    return {
        "verdict": "advise",
        "relation": relation.value,
        "ships": ships,
        "checks": list(dict.fromkeys(checks)),
        "covered_by": [{"relation": relation.value, "jobs": jobs}],
        "missing": [{"text": text, "assumption": relation.assumption} for text in missing],
    }


def _at(
    rule: str,
    severity: Severity,
    job: PipelineJob,
    message: str,
    details: tuple[str, ...] = (),
    facts: dict[str, Any] | None = None,
) -> Finding:
    place = Place(job.path, job.line + 1)
    return Finding(rule, severity, place, message, job.name, None, details, facts=facts or {})
