"""M1: `moon ci` in a checkout without history, which it compares with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Safety, Severity
from moonpool.audit.redundancy.work import Role
from moonpool.audit.rules.looking import at_step, entries, given_input
from moonpool.audit.rules.moon_commands import moon_commands
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for _, entry, works in entries(context):
        affected = any(command.affected for work in works for command in moon_commands(work))
        for work in works:
            shallow = work.role is Role.CHECKOUT and "fetch-depth" not in work.step.inputs
            if affected and shallow:
                message = "`moon ci` compares with the base, and this checkout has no history"
                advice = ("moon 1 stops; moon 2 runs everything",)
                fix = given_input(entry, work.step, {"fetch-depth": "0"}, Safety.SAFE)
                yield at_step("M1", Severity.MEDIUM, entry, work.step, message, advice, fix)


RULE = Rule("M1", "moon-shallow", Severity.MEDIUM, "`moon ci` without history", _check)
