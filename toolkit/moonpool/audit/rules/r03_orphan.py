"""R3: services, tools and set-up steps that nothing in their job uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Delete
from moonpool.audit.finding import Finding, Fix, Place, Safety, Severity
from moonpool.audit.redundancy.orphans import orphans
from moonpool.audit.rules.looking import entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for _, entry, works in entries(context):
        for orphan in orphans(context.repository, entry, works, frozenset()):
            path = entry.workflow.path
            last = orphan.address[-1]
            edit = Change(path, (Delete(orphan.address),))
            yield Finding(
                rule="R3",
                severity=Severity.MEDIUM,
                place=Place(path, orphan.line + 1),
                message=f"nothing in the job `{entry.job.id}` uses {orphan.what}",
                job=entry.job.id,
                step=last if isinstance(last, int) else None,
                fix=Fix(f"remove {orphan.what}", Safety.UNSAFE, (edit,)),
            )


RULE = Rule("R3", "orphan", Severity.MEDIUM, "services and tools that nothing uses", _check)
