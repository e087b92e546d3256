"""M3: moon's toolchain is downloaded anew in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Delete
from moonpool.audit.finding import Fix, Safety, Severity
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.finding import Finding
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for _, entry, works in entries(context):
        for work in works:
            is_setup = work.step.action == "moonrepo/setup-toolchain"
            if is_setup and work.step.inputs.get("cache") == "false":
                message = "the toolchain is downloaded anew in every run"
                yield at_step("M3", Severity.LOW, entry, work.step, message, fix=_fix(entry, work))


def _fix(entry: RunJob, work: Work) -> Fix:
    edit = Delete(("jobs", entry.job.id, "steps", work.step.index, "with", "cache"))
    change = Change(entry.workflow.path, (edit,))
    return Fix("let the action cache the toolchain", Safety.UNSAFE, (change,))


RULE = Rule("M3", "moon-no-cache", Severity.LOW, "moon's toolchain downloaded in every run", _check)
