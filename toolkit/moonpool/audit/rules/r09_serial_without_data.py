"""R9: a check that waits for another one, of which it uses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change
from moonpool.audit.editing.removal import without_need
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.rules.looking import at_job, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.work import Work

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for run, entry, works in entries(context):
        if not _only_checks(works) or entry.job.condition:
            continue
        for need in entry.job.needs:
            other = run.jobs.get((need,))
            if other is None or not _only_checks(context.worker.works(other)):
                continue
            said = str(entry.job.content)
            data = f"needs.{need}." in said or "download-artifact" in said
            if not data and not other.job.content.get("outputs"):
                message = f"`{entry.job.id}` waits for `{need}` and uses nothing of it"
                advice = ("without `needs` both run at once; with it a failure costs less",)
                change = Change(entry.workflow.path, (without_need(entry.job, other.job),))
                fix = Fix(f"do not wait for `{need}`", Safety.UNSAFE, (change,))
                yield at_job("R9", Severity.LOW, entry, message, advice, fix)


def _only_checks(works: tuple[Work, ...]) -> bool:
    return any(work.checks for work in works) and not any(work.ships for work in works)


RULE = Rule("R9", "serial-without-data", Severity.LOW, "checks that wait for nothing", _check)
