"""Taking out steps or a job, with everything that would no longer be valid without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Delete, Put
from moonpool.audit.editing.splice import RefusedError
from moonpool.audit.reading.links import references_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.editing.change import Edit
    from moonpool.audit.reading.workflow import Job, Workflow

__all__ = ["job_removal", "step_removal", "without_need"]


def step_removal(job: Job, indices: Sequence[int]) -> list[Delete]:
    """Return the edits that take out steps of a job."""
    return [Delete(("jobs", job.id, "steps", index)) for index in indices]


def job_removal(workflow: Workflow, job: Job) -> list[Edit]:
    """Return the edits that take out a job, and put what it needs in its place in every `needs`.

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
    others = [other for other in workflow.jobs.values() if job.id in other.needs]
    return [Delete(("jobs", job.id)), *(without_need(other, job) for other in others)]


def without_need(other: Job, job: Job) -> Edit:
    """Return the edit that lets a job wait for what another waits for, instead of for that one."""
    kept = [name for name in other.needs if name != job.id]
    inherited = [name for name in job.needs if name not in kept]
    address = ("jobs", other.id, "needs")
    if inherited:
        return Put(address, (f"needs: [{', '.join([*kept, *inherited])}]",))
    return Delete((*address, other.needs.index(job.id)) if kept else address)
