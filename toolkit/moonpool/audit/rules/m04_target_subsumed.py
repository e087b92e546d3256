"""M4: a moon target that another step of the job runs as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.editing.change import Change, Delete
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.redundancy.variables import relevant
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.moon_commands import moon_commands
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for _, entry, works in entries(context):
        run = [work for work in works if _only_moon(work)]
        for work in run:
            other = next((o for o in run if o is not work and _within(entry, work, o)), None)
            if other is not None:
                message = f"`{other.step.label}` runs all that `{work.step.label}` runs"
                yield at_step(
                    "M4", Severity.MEDIUM, entry, work.step, message, fix=_fix(entry, work)
                )


def _only_moon(work: Work) -> bool:
    commands = list(moon_commands(work))
    lines = [line for line in (work.step.run or "").splitlines() if line.strip()]
    plain = work.step.id is None and work.step.condition is None
    # What moon leaves out as not affected, it may leave out in one of the two.
    whole = not any(command.affected for command in commands)
    return plain and whole and bool(commands) and len(lines) == len(commands)


def _within(entry: RunJob, work: Work, other: Work) -> bool:
    mine = {a.key for a in work.atoms if a.kind is not Kind.NEUTRAL}
    theirs = {a.key for a in other.atoms if a.kind is not Kind.NEUTRAL and a.decides}
    earlier = mine == theirs and other.step.index > work.step.index
    return (
        bool(mine)
        and mine <= theirs
        and not earlier
        and relevant(entry, work) == relevant(entry, other)
    )


def _fix(entry: RunJob, work: Work) -> Fix:
    edit = Delete(("jobs", entry.job.id, "steps", work.step.index))
    title = f"remove `{work.step.label}`"
    return Fix(title, Safety.SAFE, (Change(entry.workflow.path, (edit,)),))


RULE = Rule("M4", "target-subsumed", Severity.MEDIUM, "a moon target that runs twice", _check)
