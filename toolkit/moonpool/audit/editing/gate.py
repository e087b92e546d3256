"""Edits that let a workflow ship only what another has found good.

`workflow_run` starts it after the other's success and checks out the commit that succeeded.
`needs` turns it into a called workflow and gives the other a job that calls it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Insert, Put
from moonpool.audit.editing.splice import RefusedError
from moonpool.audit.reading.expressions import has_status_function

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.editing.change import Edit
    from moonpool.audit.reading.triggers import Trigger
    from moonpool.audit.reading.workflow import Job, Workflow

__all__ = ["called_after", "started_after"]

_SUCCESS = "github.event.workflow_run.conclusion == 'success'"
_SHA = "github.event.workflow_run.head_sha"
# On a `workflow_run` these say something about the default branch, not about the commit.
_OF_THE_PUSH = re.compile(
    r"github\.(sha|ref|ref_name|ref_type|head_ref|event_name|event\.(?!workflow_run))|"
    r"GITHUB_(SHA|REF|REF_NAME|EVENT_NAME|EVENT_PATH)\b"
)
_READS_THE_PUSH = re.compile(
    r"docker/metadata-action|softprops/action-gh-release|"
    r"changesets/action|.*release.*|peter-evans/create-pull-request|github/codeql-action/.*|"
    r"actions/github-script|.*gitversion.*|.*semantic.*"
)


def started_after(workflow: Workflow, other: Workflow) -> list[Change]:
    """Return the changes for `--gate workflow_run`; raises RefusedError with what is in the way."""
    branch, by_hand = _starts(workflow)
    for number, line in enumerate(workflow.source.lines):
        if found := _OF_THE_PUSH.search(line.partition(" #")[0]):
            raise RefusedError(f"`{found[0]}` would say something else", number)
    edits: list[Edit] = [
        Put(
            ("on", "push"),
            (
                "workflow_run:",
                f"  workflows: [{_quoted(other.name)}]",
                "  types: [completed]",
                f"  branches: [{_quoted(branch)}]",
            ),
        )
    ]
    for job in workflow.jobs.values():
        edits += _gated(job, by_hand=by_hand)
    return [Change(workflow.path, tuple(edits))]


def called_after(workflow: Workflow, other: Workflow, jobs: Sequence[str]) -> list[Change]:
    """Return the changes for `--gate needs`; raises RefusedError with what is in the way."""
    branch, _ = _starts(workflow)
    if "github.workflow" in str(workflow.content.get("concurrency")):
        raise RefusedError("its concurrency group would be that of the caller", 0)
    name = PurePosixPath(workflow.path).stem
    name = re.sub(r"[^\w-]", "-", name)
    if name in other.jobs:
        name = f"call-{name}"
    lines = (
        f"{name}:",
        f"  needs: [{', '.join(dict.fromkeys(jobs))}]",
        f"  if: github.event_name == 'push' && github.ref == 'refs/heads/{branch}'",
        *_permissions(workflow, other),
        f"  uses: ./{workflow.path}",
        "  secrets: inherit",
    )
    last = list(other.jobs)[-1]
    return [
        Change(workflow.path, (Put(("on", "push"), ("workflow_call:",)),)),
        Change(other.path, (Insert(("jobs",), name, ("", *lines), after=last),)),
    ]


def _starts(workflow: Workflow) -> tuple[str, bool]:
    """Return the one branch whose pushes start a workflow, and whether people start it too."""
    kinds = {trigger.event for trigger in workflow.triggers}
    push = next((trigger for trigger in workflow.triggers if trigger.event == "push"), None)
    if push is None or kinds - {"push", "workflow_dispatch"}:
        raise RefusedError("it starts on more than a push to one branch", 0)
    return _branch(push), "workflow_dispatch" in kinds


def _branch(push: Trigger) -> str:
    if push.only_ref is None or len(push.filters) > 1:
        raise RefusedError("its `push` is not that of one branch alone", push.line)
    return push.only_ref


def _gated(job: Job, *, by_hand: bool) -> Iterator[Edit]:
    if has_status_function(job.condition):
        raise RefusedError(f"the job `{job.id}` also runs after failures", job.line)
    if not job.needs:
        if job.condition is not None:
            raise RefusedError(f"the job `{job.id}` has a condition already", job.line)
        condition = f"github.event_name == 'workflow_dispatch' || {_SUCCESS}"
        text = f"if: {condition if by_hand else _SUCCESS}"
        yield Insert(("jobs", job.id), "if", (text,))
    for step in job.steps:
        # Without a folder to build, this action fetches the commit of the event by itself.
        fetches = step.action == "docker/build-push-action" and "context" not in step.inputs
        if fetches or _READS_THE_PUSH.fullmatch(step.action):
            raise RefusedError(f"`{step.uses}` reads the commit of the event", step.line)
        if step.action == "actions/checkout":
            if "ref" in step.inputs or "repository" in step.inputs:
                raise RefusedError("the checkout names a commit already", step.line)
            yield _checkout(job, step.index, has_inputs=bool(step.inputs), by_hand=by_hand)


def _checkout(job: Job, index: int, *, has_inputs: bool, by_hand: bool) -> Edit:
    sha = f"{_SHA} || github.sha" if by_hand else _SHA
    line = f"ref: ${{{{ {sha} }}}}"
    address = ("jobs", job.id, "steps", index)
    if has_inputs:
        return Insert((*address, "with"), "ref", (line,))
    return Insert(address, "with", ("with:", f"  {line}"), after="uses")


def _permissions(workflow: Workflow, other: Workflow) -> Iterator[str]:
    """The rights of the called jobs, which the calling one has to have."""
    wanted: dict[str, str] = {}
    sources = [workflow.content, *(job.content for job in workflow.jobs.values())]
    given = [source["permissions"] for source in sources if source.get("permissions")]
    if any(not isinstance(entry, dict) for entry in given):
        raise RefusedError("its permissions are not listed one by one", 0)
    for entry in given:
        for name, level in entry.items():
            wanted[name] = "write" if "write" in (level, wanted.get(name)) else str(level)
    if not given and other.content.get("permissions") is not None:
        raise RefusedError("the caller's permissions may be too few for it", 0)
    if wanted:
        yield "  permissions:"
        yield from (f"    {name}: {level}" for name, level in sorted(wanted.items()))


def _quoted(text: str) -> str:
    return text if re.fullmatch(r"[\w./-]+", text) else "'" + text.replace("'", "''") + "'"
