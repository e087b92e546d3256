"""What a workflow refers to and whether it is there: jobs, steps, outputs, inputs, called files.

JSON-schema validators do not look at these, and a workflow with one of them wrong does not start,
or runs on with an empty text where a value was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.reading.expressions import expressions, references
from moonpool.audit.reading.source import Problem
from moonpool.audit.reading.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.reading.tree import Node
    from moonpool.audit.reading.workflow import Job, Workflow

__all__ = ["Reference", "link_problems", "references_in"]

Reference = tuple[int, tuple[str, ...]]


def link_problems(repository: Repository, workflow: Workflow) -> Iterator[Problem]:
    """Yield every reference of a workflow that leads nowhere, and every circle of `needs`."""
    jobs = workflow.tree.get("jobs")
    for entry in jobs.entries if isinstance(jobs, Mapping) else ():
        job = workflow.jobs.get(entry.key.text)
        if job is not None:
            yield from _needs(workflow, job, entry.value)
            yield from _calls(repository, workflow, job)
            yield from _references(repository, workflow, job, entry.value)
    yield from _circles(workflow)
    yield from _recursion(repository, workflow)


def _references(
    repository: Repository, workflow: Workflow, job: Job, node: Node
) -> Iterator[Problem]:
    assert isinstance(node, Mapping)
    for part in node.entries:
        # These may stand before the steps and are evaluated after them.
        late = part.key.text in ("outputs", "environment")
        for line, words in references_in(part.value, part.key.text):
            if words[0] == "needs":
                message = _wrong_need(repository, workflow, job, words)
            else:
                message = _wrong_step(job, words, None if late else line)
            if message:
                yield Problem(workflow.path, line + 1, message)


def references_in(node: Node, key: str = "") -> Iterator[Reference]:
    """Yield the line and the words of each context path below a node; `if:` needs no braces."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from references_in(entry.value, entry.key.text)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from references_in(item)
    else:
        found = expressions(node.text)
        if key == "if" and not found:
            found = [node.text]
        for expression in found:
            for words in references(expression):
                yield _line_of(node, expression), words


def _line_of(node: Scalar, expression: str) -> int:
    if node.last == node.line:
        return node.line
    before = node.text.partition(expression)[0].count("\n")
    return min(node.line + 1 + before, node.last) if not node.plain else node.line


def _needs(workflow: Workflow, job: Job, node: Node) -> Iterator[Problem]:
    assert isinstance(node, Mapping)
    for name in job.needs:
        if name not in workflow.jobs:
            place = node.entry("needs")
            line = place.key.line if place else job.line
            message = f"found `needs: {name}` in the job `{job.id}`, and there is no such job"
            yield Problem(workflow.path, line + 1, message)


def _calls(repository: Repository, workflow: Workflow, job: Job) -> Iterator[Problem]:
    path = (job.uses or "").removeprefix("./")
    if not (job.uses or "").startswith("./"):
        return
    called = repository.workflows.get(path)
    known = {problem.path for problem in repository.problems}
    if called is None and path not in known:
        message = f"found `uses: {job.uses}` in the job `{job.id}`, and there is no such file"
        yield Problem(workflow.path, job.line + 1, message)
    elif called is not None and not called.listens("workflow_call"):
        message = f"the job `{job.id}` calls `{path}`, which has no `workflow_call` trigger"
        yield Problem(workflow.path, job.line + 1, message)


def _wrong_step(job: Job, words: tuple[str, ...], line: int | None) -> str | None:
    if words[0] != "steps" or len(words) < 2 or words[1] == "*" or job.uses:
        return None
    named = ".".join(words[:2])
    step = next((s for s in job.steps if s.id and s.id.lower() == words[1].lower()), None)
    if step is None:
        return f"found `{named}`, and the job `{job.id}` has no such step"
    if line is not None and line < step.line:
        return f"found `{named}` before the step itself has run"
    return None


def _wrong_need(
    repository: Repository, workflow: Workflow, job: Job, words: tuple[str, ...]
) -> str | None:
    if len(words) < 2 or words[1] == "*":
        return None
    name = words[1]
    if name not in job.needs:
        return f"found `needs.{name}`, and the job `{job.id}` does not need it"
    needed = workflow.jobs.get(name)
    if needed is None or len(words) < 4 or words[2] != "outputs" or words[3] == "*":
        return None
    declared = _outputs(repository, needed)
    if declared is None or words[3].lower() in declared:
        return None
    return f"found `{'.'.join(words[:4])}`, and the job `{name}` has no such output"


def _outputs(repository: Repository, job: Job) -> set[str] | None:
    """The names of a job's outputs, or None where a file elsewhere declares them."""
    if job.uses is None:
        declared = job.content.get("outputs")
        return {str(name).lower() for name in declared} if isinstance(declared, dict) else set()
    called = repository.called(job.uses)
    if called is None:
        return None
    on = called.content.get("on")
    call = on.get("workflow_call") if isinstance(on, dict) else None
    given = call.get("outputs") if isinstance(call, dict) else None
    return {str(name).lower() for name in given} if isinstance(given, dict) else set()


def _circles(workflow: Workflow) -> Iterator[Problem]:
    """Yield one problem for each circle of `needs`, at its first job."""
    done: set[str] = set()
    for start in workflow.jobs:
        path: list[str] = []
        if circle := _circle(workflow, start, path, done):
            names = " -> ".join(f"`{name}`" for name in circle)
            line = workflow.jobs[circle[0]].line + 1
            yield Problem(workflow.path, line, f"found jobs that need each other: {names}")


def _circle(workflow: Workflow, name: str, path: list[str], done: set[str]) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name in done or name not in workflow.jobs:
        return []
    path.append(name)
    for need in workflow.jobs[name].needs:
        if circle := _circle(workflow, need, path, done):
            return circle
    path.pop()
    done.add(name)
    return []


def _recursion(repository: Repository, workflow: Workflow) -> Iterator[Problem]:
    for job in workflow.jobs.values():
        called = repository.called(job.uses)
        if called is not None and _reaches(repository, called, workflow.path, set()):
            message = f"the job `{job.id}` calls `{called.path}`, which leads back to this workflow"
            yield Problem(workflow.path, job.line + 1, message)


def _reaches(repository: Repository, workflow: Workflow, path: str, seen: set[str]) -> bool:
    if workflow.path == path:
        return True
    if workflow.path in seen:
        return False
    seen.add(workflow.path)
    called = (repository.called(job.uses) for job in workflow.jobs.values())
    return any(_reaches(repository, entry, path, seen) for entry in called if entry)
