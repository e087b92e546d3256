"""The steps of a run by what they do, and the places where their jobs are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.redundancy.spot import Spot
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Worker

__all__ = ["check_keys", "commands", "ships", "site"]


def ships(run: Run, worker: Worker) -> bool:
    """Whether a run publishes, deploys or releases something."""
    return any(
        entry.job.content.get("environment") or any(work.ships for work in worker.works(entry))
        for entry in run.jobs.values()
    )


def check_keys(run: Run, worker: Worker) -> set[tuple[tuple[str, ...], str]]:
    """All checks of a run: without all that a step has, it cannot cover the step."""
    works = (work for entry in run.jobs.values() for work in worker.works(entry))
    return {atom.key for work in works for atom in work.shown}


def site(entry: RunJob) -> tuple[str, str]:
    """Where a job is written."""
    return entry.workflow.path, entry.job.id


def commands(entries: list[RunJob], worker: Worker) -> list[Spot]:
    """All steps of some jobs that start a command, whatever it does."""
    return [
        Spot(entry, works, index)
        for entry in entries
        for works in [worker.works(entry)]
        for index, work in enumerate(works)
        if work.role is Role.RUN and work.atoms
    ]
