"""M2: a moon target that CI leaves out, so that the step checks nothing or fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Severity
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.moon_commands import moon_commands
from moonpool.audit.rules.rule import Rule
from moonpool.moon import Workspace, major_by_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    tasks = context.worker.moon_tasks
    if not tasks or major_by_files(Workspace(context.repository.root)) == 1:
        return  # moon 1 runs on CI what it is asked for by name.
    for _, entry, works in entries(context):
        for work in works:
            for command in moon_commands(work):
                for target in command.targets:
                    scope, _, name = target.partition(":")
                    named = [t for t in tasks.values() if t.name == name]
                    named = [t for t in named if scope in ("", "*", t.project)]
                    if named and not any(task.in_ci for task in named):
                        message = f"moon 2 leaves `{target}` out on CI, and finds no tasks to run"
                        advice = ("its `runInCI` is false",)
                        yield at_step("M2", Severity.HIGH, entry, work.step, message, advice)


RULE = Rule("M2", "phantom-target", Severity.HIGH, "a moon target that CI leaves out", _check)
