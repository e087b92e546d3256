"""R10: pull requests that run the tasks of all projects of a moon workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Change, Replace
from moonpool.audit.finding import Finding, Fix, Safety, Severity
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.moon_commands import moon_commands
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.reading.workflow import Step
    from moonpool.audit.redundancy.runs import RunJob

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for run, entry, works in entries(context):
        pull = next((t for t in run.root.triggers if t.event == "pull_request"), None)
        if pull is None or pull.given("paths") or pull.given("paths-ignore"):
            continue
        for work in works:
            for command in moon_commands(work):
                everything = command.verb == "run" and any(t[:1] == ":" for t in command.targets)
                if everything and not command.affected:
                    message = f"`{command.text}` runs for all projects on every pull request"
                    advice = ("`moon ci`, or `--affected`, runs those that the changes concern",)
                    fix = _fix(entry, work.step, command.text)
                    yield at_step("R10", Severity.HIGH, entry, work.step, message, advice, fix)


def _fix(entry: RunJob, step: Step, command: str) -> Fix | None:
    written = (step.run or "").strip()
    if "\n" in written or "moon run " not in written or not written.endswith(command):
        return None
    edit = Replace(
        ("jobs", entry.job.id, "steps", step.index, "run"),
        written.replace("moon run ", "moon ci ", 1),
    )
    change = Change(entry.workflow.path, (edit,))
    return Fix("run what the changes concern", Safety.UNSAFE, (change,))


RULE = Rule("R10", "no-affected-filter", Severity.HIGH, "pull requests that run everything", _check)
