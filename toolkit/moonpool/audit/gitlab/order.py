"""What a job of a pipeline waits for, by `needs` and stages, and where these lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.reading.source import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.gitlab.pipeline import Pipeline, PipelineJob

__all__ = ["earlier", "order_problems", "stages_of"]

_USUAL_STAGES = ("build", "test", "deploy")


def stages_of(pipeline: Pipeline) -> list[str]:
    """The stages, first to last."""
    written = pipeline.content.get("stages")
    named = [str(stage) for stage in written] if isinstance(written, list) else [*_USUAL_STAGES]
    return [".pre", *(stage for stage in named if stage not in (".pre", ".post")), ".post"]


def earlier(pipeline: Pipeline, job: PipelineJob) -> frozenset[str]:
    """The jobs that have to succeed before this one starts, those that they wait for included."""
    seen: set[str] = set()
    waiting = [*_direct(pipeline, job)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _direct(pipeline, pipeline.jobs[name])
    return frozenset(seen)


def order_problems(pipeline: Pipeline) -> Iterator[Problem]:
    """Yield jobs of a stage that does not exist, or that need what comes after them."""
    stages = stages_of(pipeline)
    if pipeline.open and "stages" not in pipeline.content:
        return
    for job in pipeline.jobs.values():
        stage = _stage(job)
        if not job.whole or "$" in stage:
            continue
        if stage not in stages:
            said = f"`{job.name}` is of the stage `{stage}`, which `stages` does not have"
            yield Problem(job.path, job.lines.get("stage", job.line) + 1, said)
            continue
        for name in (*job.needs, *job.dependencies):
            other = pipeline.jobs.get(name)
            late = other is not None and other.whole and _stage(other) in stages
            if late and stages.index(_stage(pipeline.jobs[name])) > stages.index(stage):
                said = f"`{job.name}` needs `{name}`, which is of a later stage"
                yield Problem(job.path, job.lines.get("needs", job.line) + 1, said)


def _direct(pipeline: Pipeline, job: PipelineJob) -> list[str]:
    if "needs" in job.content:
        return [name for name in job.needs if name in pipeline.jobs]
    stages = stages_of(pipeline)
    known = [other for other in pipeline.jobs.values() if _stage(other) in stages]
    if _stage(job) not in stages:
        return []
    own = stages.index(_stage(job))
    return [other.name for other in known if stages.index(_stage(other)) < own]


def _stage(job: PipelineJob) -> str:
    return str(job.content.get("stage", "test"))
