"""What a workflow has for steps that are gone: variables, permissions and inputs.

Something is left over only if the steps used it and nothing that stays may: no line says its name,
no script or program that is still started knows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.editing.change import Put
from moonpool.audit.redundancy.orphans import OF_THE_RUNNER, Orphan, line_of, said
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moonpool.audit.editing.change import Address
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.reading.workflow import Workflow
    from moonpool.audit.redundancy.work import Work

__all__ = ["Removal", "leftovers"]

_STARTS_PROGRAMS = frozenset({Kind.TEST, Kind.OTHER, Kind.BUILD, Kind.SHIP})
# What actions that report on checks are given rights for.
_RIGHTS: dict[str, frozenset[str]] = {
    "dorny/test-reporter": frozenset({"checks"}),
    "mikepenz/action-junit-report": frozenset({"checks"}),
    "enricomi/publish-unit-test-result-action": frozenset({"checks", "pull-requests"}),
    "reviewdog/action-setup": frozenset({"checks", "pull-requests"}),
    "golangci/golangci-lint-action": frozenset({"checks", "pull-requests"}),
    "wearerequired/lint-action": frozenset({"checks"}),
    "super-linter/super-linter": frozenset({"statuses"}),
    "github/super-linter": frozenset({"statuses"}),
    "marocchino/sticky-pull-request-comment": frozenset({"pull-requests"}),
    "wagoid/commitlint-github-action": frozenset({"pull-requests"}),
}
_TOKEN = re.compile(r"\bgh\b|GITHUB_TOKEN|GH_TOKEN|github\.token")


@dataclass(frozen=True)
class Removal:
    """Steps that go: ``gone`` and ``left`` are what the steps of the file do, by their job."""

    workflow: Workflow
    gone: Mapping[str, tuple[Work, ...]]
    left: Mapping[str, tuple[Work, ...]]
    lines: frozenset[int]  # Those that go, counted from 0.


def leftovers(repository: Repository, removal: Removal) -> list[Orphan]:
    """Return what only the steps that go used, and then what only that used."""
    found: list[Orphan] = []
    lines = set(removal.lines)
    while new := [o for o in _variables(repository, removal, lines) if o.line not in lines]:
        found += new
        lines.update(orphan.line for orphan in new)
    return [*found, *_inputs(repository, removal, lines), *_permissions(removal, lines)]


def _variables(repository: Repository, removal: Removal, lines: set[int]) -> Iterator[Orphan]:
    workflow = removal.workflow
    scopes: list[tuple[Address, Mapping[str, str], list[str]]] = [
        (("env",), workflow.env, list(workflow.jobs))
    ]
    scopes += [(("jobs", j.id, "env"), j.env, [j.id]) for j in workflow.jobs.values()]
    for address, given, jobs in scopes:
        gone = [work for job in jobs for work in removal.gone.get(job, ())]
        left = [work for job in jobs for work in removal.left.get(job, ())]
        for name in given if gone else ():
            if _may_read(repository, gone, name) and not (
                _stands(workflow, name, lines) or _may_read(repository, left, name)
            ):
                yield _orphan(workflow, (*address, name), f"the variable `{name}`")


def _may_read(repository: Repository, works: list[Work], name: str) -> bool:
    starts = any(
        atom.kind in _STARTS_PROGRAMS and atom.words[0] not in OF_THE_RUNNER
        for work in works
        for atom in work.atoms
    )
    return (starts and name in repository.mentions) or any(
        _word(name).search(said(repository, work)) for work in works
    )


def _stands(workflow: Workflow, name: str, lines: set[int]) -> bool:
    """Whether a line that stays says a name, other than to give it a value."""
    definition = re.compile(rf"\s*(- )?{re.escape(name)}\s*:")
    return any(
        _word(name).search(definition.sub("", line, count=1))
        for number, line in enumerate(workflow.source.lines)
        if number not in lines
    )


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")


def _inputs(repository: Repository, removal: Removal, lines: set[int]) -> Iterator[Orphan]:
    workflow = removal.workflow
    on = workflow.content.get("on")
    text = workflow.source.lines
    before = "".join(line for number, line in enumerate(text) if number in removal.lines)
    after = "".join(line for number, line in enumerate(text) if number not in lines)
    for event in ("workflow_dispatch", "workflow_call"):
        trigger = on.get(event) if isinstance(on, dict) else None
        declared = trigger.get("inputs") if isinstance(trigger, dict) else None
        names = list(declared) if isinstance(declared, dict) else []
        freed = [
            name
            for name in names
            if _asks(before, name)
            and not _asks(after, name)
            and not (event == "workflow_call" and _is_given(repository, workflow, name))
        ]
        if freed and len(freed) == len(names) and set(trigger or ()) == {"inputs"}:
            # The event itself stays.
            edit = Put(("on", event), (f"{event}:",))
            what = ", ".join(f"the input `{name}`" for name in freed)
            yield replace(_orphan(workflow, ("on", event), what), edit=edit)
            continue
        for name in freed:
            yield _orphan(workflow, ("on", event, "inputs", name), f"the input `{name}`")


def _asks(text: str, name: str) -> bool:
    return re.search(rf"inputs\.{re.escape(name)}(?![\w-])", text) is not None


def _is_given(repository: Repository, workflow: Workflow, name: str) -> bool:
    return any(
        name in job.inputs and repository.called(job.uses) is workflow
        for other in repository.workflows.values()
        for job in other.jobs.values()
    )


def _permissions(removal: Removal, lines: set[int]) -> Iterator[Orphan]:
    workflow = removal.workflow
    scopes: list[tuple[Address, object, list[str]]] = [
        (("permissions",), workflow.content.get("permissions"), list(workflow.jobs))
    ]
    for job in workflow.jobs.values():
        own = job.content.get("permissions")
        scopes.append((("jobs", job.id, "permissions"), own, [job.id]))
    for address, given, jobs in scopes:
        gone = [work for job in jobs for work in removal.gone.get(job, ())]
        left = [work for job in jobs for work in removal.left.get(job, ())]
        freed = [n for n in given if _frees(n, gone, left)] if isinstance(given, dict) else []
        # Without any entry the job would get the rights that the repository gives by default.
        for name in freed if isinstance(given, dict) and len(freed) < len(given) else ():
            orphan = _orphan(workflow, (*address, name), f"the permission `{name}`")
            if orphan.line not in lines:
                yield orphan


def _frees(name: str, gone: list[Work], left: list[Work]) -> bool:
    needed = any(name in _RIGHTS.get(work.step.action, ()) for work in gone)
    return needed and not any(_may_need(name, work) for work in left)


def _may_need(name: str, work: Work) -> bool:
    if work.step.action in _RIGHTS:
        return name in _RIGHTS[work.step.action]
    known = work.role in (Role.CHECKOUT, Role.SETUP) or work.step.run is not None
    return not known or bool(_TOKEN.search(str(work.step.content)))


def _orphan(workflow: Workflow, address: Address, what: str) -> Orphan:
    return Orphan(what, address, line_of(workflow.tree, address))
