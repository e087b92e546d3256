"""What several rules ask of a workflow's jobs and steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Insert
from moonpool.audit.finding import Finding, Fix, Place, Safety

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moonpool.audit.context import Context
    from moonpool.audit.finding import Severity
    from moonpool.audit.reading.workflow import Step, Workflow
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["at_job", "at_step", "at_trigger", "caches", "entries", "given_input"]


def entries(context: Context) -> Iterator[tuple[Run, RunJob, tuple[Work, ...]]]:
    """Yield each job that stands in a workflow file itself, with what its steps do."""
    for run in context.runs.values():
        for entry in run.jobs.values():
            if len(entry.key) == 1:
                yield run, entry, context.worker.works(entry)


def at_step(
    rule: str,
    severity: Severity,
    entry: RunJob,
    step: Step,
    message: str,
    details: tuple[str, ...] = (),
    fix: Fix | None = None,
) -> Finding:
    """A finding about one step."""
    place = Place(entry.workflow.path, step.line + 1, step.last + 1)
    job = entry.job.id
    return Finding(rule, severity, place, message, job, step.index, details, fix=fix)


def at_job(
    rule: str,
    severity: Severity,
    entry: RunJob,
    message: str,
    details: tuple[str, ...] = (),
    fix: Fix | None = None,
) -> Finding:
    """A finding about one job, at its first line."""
    place = Place(entry.workflow.path, entry.job.line + 1)
    return Finding(rule, severity, place, message, entry.job.id, details=details, fix=fix)


def at_trigger(
    rule: str,
    severity: Severity,
    workflow: Workflow,
    event: str,
    message: str,
    details: tuple[str, ...] = (),
    fix: Fix | None = None,
) -> Finding:
    """A finding about what starts a workflow."""
    line = next((t.line for t in workflow.triggers if t.event.startswith(event)), 0)
    place = Place(workflow.path, line + 1)
    return Finding(rule, severity, place, message, details=details, fix=fix)


def given_input(entry: RunJob, step: Step, inputs: Mapping[str, str], safety: Safety) -> Fix:
    """The fix that gives an action more inputs."""
    address = ("jobs", entry.job.id, "steps", step.index)
    lines = tuple(f"{name}: {value}" for name, value in inputs.items())
    first = next(iter(inputs))
    edit = (
        Insert((*address, "with"), first, lines)
        if step.inputs
        else Insert(address, "with", ("with:", *(f"  {line}" for line in lines)), after="uses")
    )
    title = f"set {', '.join(f'`{line}`' for line in lines)}"
    return Fix(title, safety, (Change(entry.workflow.path, (edit,)),))


def caches(works: tuple[Work, ...], *words: str) -> bool:
    """Whether a step of a job restores a cache; with ``words``, one that names one of them."""
    for work in works:
        if work.step.action.startswith(("actions/cache", "swatinem/", "buildjet/cache")):
            text = " ".join(work.step.inputs.values())
            if not words or any(word in text for word in words):
                return True
    return False
