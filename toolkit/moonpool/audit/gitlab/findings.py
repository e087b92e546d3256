"""What the rules for single jobs say of a pipeline; all of it is advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.finding import Finding, Place, Severity
from moonpool.audit.gitlab.order import order_problems
from moonpool.audit.gitlab.twice import absent_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.gitlab.pipeline import Pipeline, PipelineJob
    from moonpool.audit.gitlab.plan import Plan
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.redundancy.work import Worker

__all__ = ["dangling", "serial_scripts", "uncached", "uninterruptible"]

_LOCKS = {
    "npm": "package-lock.json",
    "yarn": "yarn.lock",
    "pnpm": "pnpm-lock.yaml",
    "poetry": "poetry.lock",
    "uv": "uv.lock",
    "bundle": "Gemfile.lock",
    "composer": "composer.lock",
}


def dangling(plan: Plan) -> Iterator[Finding]:
    """Yield each reference of a pipeline that leads nowhere, or to what is not there in time."""
    pipeline = plan.pipeline
    for problem in (*pipeline.problems, *order_problems(pipeline), *absent_needs(plan)):
        yield Finding("G3", Severity.ERROR, Place(problem.path, problem.line), problem.message)


def uninterruptible(pipeline: Pipeline) -> Iterator[Finding]:
    """Yield that outdated pipelines of a merge request go on, if no job may be interrupted."""
    said = repr((pipeline.content, [job.content for job in pipeline.jobs.values()]))
    requests = "merge_request_event" in said or "merge_requests" in said
    if requests and "interruptible" not in said and not pipeline.open:
        first = next(iter(pipeline.jobs.values()), None)
        if first is not None:
            message = "a further push to a merge request lets the outdated pipeline go on"
            advice = ("give `default` the key `interruptible: true`, and jobs that ship `false`",)
            place = Place(next(reversed(pipeline.sources)), 1)
            yield Finding("R5", Severity.MEDIUM, place, message, details=advice)


def uncached(pipeline: Pipeline, repository: Repository, worker: Worker) -> Iterator[Finding]:
    """Yield each job that installs from a lock file and keeps nothing of it."""
    for job in pipeline.jobs.values():
        if "cache" in job.content or pipeline.open:
            continue
        for program, lock in _LOCKS.items():
            installs = any(
                atom.kind is Kind.INSTALL and atom.words[:1] == (program,)
                for atom in worker.script(_script(job))
            )
            if installs and repository.has(lock):
                message = f"`{program}` downloads its dependencies anew in every run"
                advice = (f"give the job a `cache` whose key has `files: [{lock}]`",)
                yield _at(job, "R6", Severity.MEDIUM, message, advice)
                break


def serial_scripts(pipeline: Pipeline) -> Iterator[tuple[PipelineJob, str]]:
    """Yield each job with its script, for what is said of pytest."""
    for job in pipeline.jobs.values():
        if "parallel" not in job.content:
            yield job, _script(job)


def _script(job: PipelineJob) -> str:
    return "\n".join(job.script)


def _at(
    job: PipelineJob, rule: str, severity: Severity, message: str, details: tuple[str, ...] = ()
) -> Finding:
    return Finding(rule, severity, Place(job.path, job.line + 1), message, job.name, None, details)
