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


def earlier(pipeline: Pipeline) -> dict[str, frozenset[str]]:
    """For each job those that have to succeed before it starts, by way of others or not.

    A job without `needs` waits for all jobs of the stages before its own, and so for all that
    these need.
    """
    stages = stages_of(pipeline)
    before = {
        stage: frozenset(
            job.name for job in pipeline.jobs.values() if _stage(job) in stages[:number]
        )
        for number, stage in enumerate(stages)
    }
    found: dict[str, frozenset[str]] = {}
    entered: set[str] = set()
    waiting = list(pipeline.jobs)
    while waiting:
        job = pipeline.jobs[waiting[-1]]
        direct = [need for need in job.needs if need in pipeline.jobs]
        open_ = [need for need in direct if need not in found]
        if "needs" in job.content and open_ and job.name not in entered:
            entered.add(job.name)  # A job that needs itself, by way of others, is not waited for.
            waiting += open_
            continue
        waiting.pop()
        further = [found.get(need, frozenset[str]()) for need in direct]
        by_stage = before.get(_stage(job), frozenset())
        by_needs = frozenset(direct).union(*further)
        found[job.name] = by_needs if "needs" in job.content else by_stage
    return found


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


def _stage(job: PipelineJob) -> str:
    return str(job.content.get("stage", "test"))
