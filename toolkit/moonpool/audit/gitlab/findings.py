"""What the rules that carry over say of a pipeline; all of it is advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.finding import Finding, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.gitlab.pipeline import Pipeline, PipelineJob
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.redundancy.work import Worker

__all__ = ["dangling", "repeated", "serial_scripts", "uncached", "uninterruptible"]

_LOCKS = {
    "npm": "package-lock.json",
    "yarn": "yarn.lock",
    "pnpm": "pnpm-lock.yaml",
    "poetry": "poetry.lock",
    "uv": "uv.lock",
    "bundle": "Gemfile.lock",
    "composer": "composer.lock",
}
# Two jobs have to agree in all of these for a check of one to be that of the other.
_ALIKE = ("image", "services", "variables", "rules", "only", "except", "tags", "hooks", "when")


def dangling(pipeline: Pipeline) -> Iterator[Finding]:
    """Yield each reference of a pipeline that leads nowhere."""
    for problem in pipeline.problems:
        yield Finding("G3", Severity.ERROR, Place(problem.path, problem.line), problem.message)


def repeated(pipeline: Pipeline, worker: Worker) -> Iterator[Finding]:
    """Yield each job that runs a check which another one of the same pipeline runs as well."""
    seen: dict[tuple[object, ...], PipelineJob] = {}
    for job in pipeline.jobs.values():
        if "parallel" in job.content or job.content.get("allow_failure"):
            continue
        alike = tuple(repr(job.content.get(key)) for key in _ALIKE)
        for atom in _checks(job, worker):
            other = seen.setdefault((atom.key, alike, repr(atom.env), atom.stronger), job)
            if other is not job:
                message = f"`{atom.text}` also runs in the job `{other.name}`"
                yield _at(job, "R4", Severity.MEDIUM, message)
                break


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


def _checks(job: PipelineJob, worker: Worker) -> Iterator[Atom]:
    for atom in worker.script(_script(job)):
        if atom.kind.is_check and atom.decides and atom.always and "$" not in " ".join(atom.words):
            yield atom


def _script(job: PipelineJob) -> str:
    return "\n".join(job.script)


def _at(
    job: PipelineJob, rule: str, severity: Severity, message: str, details: tuple[str, ...] = ()
) -> Finding:
    return Finding(rule, severity, Place(job.path, job.line + 1), message, job.name, None, details)
