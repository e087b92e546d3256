"""Pipelines that start twice for one push, and jobs whose `needs` are not there when they start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Place, Severity
from moonpool.audit.gitlab.presence import Start, rules_of
from moonpool.audit.reading.source import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.gitlab.pipeline import PipelineJob
    from moonpool.audit.gitlab.plan import Plan

__all__ = ["absent_needs", "doubled"]

_MOST_NAMED = 4
_ADVICE = (
    "give `workflow` these `rules`, so that a branch with a merge request has one pipeline: "
    "`if: $CI_PIPELINE_SOURCE == 'merge_request_event'`, then "
    "`if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS` with `when: never`, then "
    "`if: $CI_COMMIT_BRANCH || $CI_COMMIT_TAG`"
)
_NOT_PROVEN = "not proven: no pipeline runs on the result of the merge, which is other content"


def doubled(plan: Plan) -> Iterator[Finding]:
    """Yield that a push to a branch with a merge request runs jobs in two pipelines."""
    push = next((occasion for occasion in plan.occasions if occasion.is_double), None)
    request = next((occasion for occasion in plan.occasions if occasion.is_request), None)
    if push is None or request is None or not (plan.runs(push) and plan.runs(request)):
        return
    twice = [
        job
        for job in plan.pipeline.jobs.values()
        if plan.start(job, push) is Start.ITSELF and plan.start(job, request) is Start.ITSELF
    ]
    if twice:
        message = f"{push.words} runs {_named(twice)} twice, for the branch and for the request"
        facts = {"jobs": [job.name for job in twice]}
        place = Place(twice[0].path, twice[0].line + 1)
        details = (_NOT_PROVEN, _ADVICE)
        yield Finding(
            "R2", Severity.HIGH, place, message, twice[0].name, details=details, facts=facts
        )


def absent_needs(plan: Plan) -> Iterator[Problem]:
    """Yield each job that needs one which is not in the same pipeline: GitLab starts neither."""
    jobs = plan.pipeline.jobs
    for job in jobs.values():
        if any("needs" in rule for rule in rules_of(job.content)):
            continue
        for name in dict.fromkeys(job.needs):
            other = jobs.get(name)
            for occasion in plan.occasions if other is not None else ():
                certain = plan.runs(occasion) and not occasion.asked
                mine = plan.start(job, occasion) if certain else None
                there = mine in (Start.ITSELF, Start.BY_HAND, Start.AFTER_FAILURE)
                if there and other and plan.start(other, occasion) is Start.NEVER:
                    said = f"`{job.name}` needs `{name}`, which {occasion.words} does not start"
                    yield Problem(job.path, job.lines["needs"] + 1, said)
                    break


def _named(jobs: list[PipelineJob]) -> str:
    names = [f"`{job.name}`" for job in jobs[:_MOST_NAMED]]
    more = len(jobs) - _MOST_NAMED
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
