"""R2: a workflow that runs for a push to any branch and for the pull request of that branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Put
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.reading.tree import Mapping
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.rules.looking import at_trigger
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.reading.workflow import Workflow

__all__ = ["RULE"]

_FILTERS = ("branches", "branches-ignore", "paths", "paths-ignore", "tags", "tags-ignore")


def _check(context: Context) -> Iterator[Finding]:
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


RULE = Rule(
    "R2", "push-and-pull-request", Severity.HIGH, "one workflow for a push and its request", _check
)
