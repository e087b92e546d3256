"""Taking out steps or a job, with everything that would no longer be valid without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Delete
from moonpool.audit.editing.splice import RefusedError
from moonpool.audit.reading.links import references_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.reading.workflow import Job, Workflow

__all__ = ["job_removal", "step_removal"]


def step_removal(job: Job, indices: Sequence[int]) -> list[Delete]:
    """Return the edits that take out steps of a job."""
    return [Delete(("jobs", job.id, "steps", index)) for index in indices]


def job_removal(workflow: Workflow, job: Job) -> list[Delete]:
    """Return the edits that take out a job and its name from every `needs`.

    Raises RefusedError where an expression asks for the job's result or outputs: what it should
    say instead is for a person to decide.
    """
    if len(workflow.jobs) == 1:
        raise RefusedError("it is the only job, so the whole file would have to go", job.line)
    jobs = workflow.tree.get("jobs")
    assert jobs is not None
    for line, words in references_in(jobs):
        inside = job.line <= line <= job.last
        if words[:2] == ("needs", job.id) and not inside:
            raise RefusedError(f"`{'.'.join(words)}` asks for the job", line)
    return [Delete(("jobs", job.id)), *_needs(workflow, job.id)]


def _needs(workflow: Workflow, name: str) -> Iterator[Delete]:
    for other in workflow.jobs.values():
        if name not in other.needs:
            continue
        if len(other.needs) == 1:
            yield Delete(("jobs", other.id, "needs"))
        else:
            yield Delete(("jobs", other.id, "needs", other.needs.index(name)))
