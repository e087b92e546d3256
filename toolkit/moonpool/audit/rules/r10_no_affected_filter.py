"""R10: pull requests that run the tasks of all projects of a moon workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Severity
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.moon_commands import moon_commands
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

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
                    yield at_step("R10", Severity.HIGH, entry, work.step, message, advice)


RULE = Rule("R10", "no-affected-filter", Severity.HIGH, "pull requests that run everything", _check)
