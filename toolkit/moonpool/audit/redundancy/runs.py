"""What one start of a workflow runs: its jobs, with those of the workflows that it calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.reading.workflow import Job, Workflow

__all__ = ["Condition", "Key", "Run", "RunJob", "read_run"]

Key = tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """An `if:` and the inputs that it may ask for; None where those are not known."""

    text: str
    inputs: Mapping[str, str] | None

    @property
    def bare(self) -> str:
        """The text without braces, as one writes it or not."""
        text = self.text.strip()
        return text.removeprefix("${{").removesuffix("}}").strip() if "inputs" not in text else ""


@dataclass(frozen=True)
class RunJob:
    """One job of a run.

    ``key`` is the way to it: the calling jobs and its own id; ``ways`` are the workflows that
    these stand in. ``inputs`` are what the call gives.
    """

    ways: tuple[Workflow, ...]
    job: Job
    key: Key
    needs: frozenset[Key]
    conditions: tuple[Condition, ...]
    inputs: Mapping[str, str] | None

    @property
    def workflow(self) -> Workflow:
        """Where the job is written."""
        return self.ways[-1]


@dataclass(frozen=True)
class Run:
    """All jobs of a run by their key; jobs that only call a workflow are not among them."""

    root: Workflow
    jobs: dict[Key, RunJob]

    def under(self, prefix: Key) -> list[RunJob]:
        """The jobs that a job stands for: itself, or those of the workflow that it calls."""
        return [entry for key, entry in self.jobs.items() if key[: len(prefix)] == prefix]

    def upstream(self, key: Key) -> list[RunJob]:
        """All jobs that have to end before this one begins."""
        seen: dict[Key, RunJob] = {}
        waiting = list(self.jobs[key].needs) if key in self.jobs else []
        while waiting:
            need = waiting.pop()
            if need in self.jobs and need not in seen:
                seen[need] = self.jobs[need]
                waiting += self.jobs[need].needs
        return list(seen.values())


def read_run(repository: Repository, root: Workflow) -> Run:
    """Return what a start of ``root`` runs; a workflow that calls itself is entered once."""
    jobs: dict[Key, RunJob] = {}
    _add(repository, (root,), (), (), frozenset(), None, jobs)
    return Run(root, jobs)


def _add(
    repository: Repository,
    ways: tuple[Workflow, ...],
    prefix: Key,
    conditions: tuple[Condition, ...],
    needs: frozenset[Key],
    inputs: Mapping[str, str] | None,
    jobs: dict[Key, RunJob],
) -> None:
    workflow = ways[-1]
    ends: dict[str, frozenset[Key]] = {}
    for job in _in_order(workflow):
        key = (*prefix, job.id)
        waits = needs.union(*(ends.get(name, frozenset()) for name in job.needs))
        own = (Condition(job.condition, inputs),) if job.condition else ()
        called = repository.called(job.uses)
        if called is not None and len(prefix) < 4 and called.path != workflow.path:
            before = set(jobs)
            given = _given(called, job.inputs)
            _add(repository, (*ways, called), key, (*conditions, *own), waits, given, jobs)
            ends[job.id] = frozenset(jobs.keys() - before)
        else:
            jobs[key] = RunJob(ways, job, key, waits, (*conditions, *own), inputs)
            ends[job.id] = frozenset({key})


def _in_order(workflow: Workflow) -> Iterator[Job]:
    """Yield jobs after those that they need; jobs in a circle come last."""
    waiting = dict(workflow.jobs)
    while waiting:
        ready = [j for j in waiting.values() if not set(j.needs) & waiting.keys()]
        for job in ready or list(waiting.values()):
            del waiting[job.id]
            yield job


def _given(called: Workflow, written: Mapping[str, str]) -> dict[str, str]:
    """The inputs of a call, with the defaults of those that it leaves out."""
    on = called.content.get("on")
    call = on.get("workflow_call") if isinstance(on, dict) else None
    declared = call.get("inputs") if isinstance(call, dict) else None
    defaults: dict[str, str] = {}
    for name, entry in (declared if isinstance(declared, dict) else {}).items():
        value = entry.get("default") if isinstance(entry, dict) else None
        defaults[name] = _word(value)
    return {**defaults, **written}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ""
