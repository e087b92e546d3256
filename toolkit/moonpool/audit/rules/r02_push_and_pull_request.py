"""R2: a workflow that runs for a push, and before that for the pull request or the merge queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Put
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.gitlab.twice import doubled
from moonpool.audit.reading.tree import Mapping
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.redundancy.occasions import Occasion, job_runs
from moonpool.audit.rules.looking import at_trigger
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.reading.workflow import Workflow

__all__ = ["RULE"]

_FILTERS = ("branches", "branches-ignore", "paths", "paths-ignore", "tags", "tags-ignore")


def _check(context: Context) -> Iterator[Finding]:
    yield from _after_request(context)
    yield from _after_queue(context)
    if context.plan is not None:
        yield from doubled(context.plan)


def _after_queue(context: Context) -> Iterator[Finding]:
    for run in context.runs.values():
        push = next((t for t in run.root.triggers if t.event == "push"), None)
        queue = next((t for t in run.root.triggers if t.event == "merge_group"), None)
        if push is None or queue is None or not push.given("branches"):
            continue
        landed, queued = Occasion(push), Occasion(queue)
        again = [
            entry
            for entry in run.jobs.values()
            if any(work.checks for work in context.worker.works(entry))
            and job_runs(run, entry, landed) is True
            and job_runs(run, entry, queued) is True
        ]
        if again:
            names = ", ".join(dict.fromkeys(f"`{entry.key[0]}`" for entry in again))
            message = f"the merge queue has tested the commit for which {names} run again"
            advice = ("not proven: nothing lands except through the queue",)
            yield at_trigger("R2", Severity.HIGH, run.root, "push", message, advice)


def _after_request(context: Context) -> Iterator[Finding]:
    for run in context.runs.values():
        workflow = run.root
        push = next((t for t in workflow.triggers if t.event == "push"), None)
        if push is None or not workflow.listens("pull_request"):
            continue
        filtered = any(push.given(name) is not None for name in _FILTERS)
        if filtered or ships(run, context.worker) or "github.event_name" in workflow.source.text:
            continue
        yield at_trigger(
            "R2",
            Severity.HIGH,
            workflow,
            "push",
            "every push to a branch with a pull request starts this workflow twice",
            ("the push tests the branch, the pull request its merge with the base",),
            _fix(context, workflow),
        )


def _fix(context: Context, workflow: Workflow) -> Fix | None:
    branch = _main(context)
    if branch is None:
        return None
    lines = ("push:", f"  branches: [{branch}]")
    on = workflow.tree.get("on")
    if isinstance(on, Mapping):
        edit = Put(("on", "push"), lines)
    else:
        # `push` counts as two events, branches and tags.
        events = dict.fromkeys(t.event for t in workflow.triggers if not t.event.startswith("push"))
        rest = (f"  {event}:" for event in events)
        edit = Put(("on",), ("on:", *(f"  {line}" for line in lines), *rest))
    title = f"run on pushes to `{branch}` only"
    return Fix(title, Safety.UNSAFE, (Change(workflow.path, (edit,)),))


def _main(context: Context) -> str | None:
    """The branch that the other workflows take for the main one."""
    named = {
        trigger.only_ref
        for workflow in context.repository.workflows.values()
        for trigger in workflow.triggers
        if trigger.event == "push"
    }
    return next((branch for branch in ("main", "master") if branch in named), None)


RULE = Rule("R2", "push-and-pull-request", Severity.HIGH, "one workflow before and after", _check)
