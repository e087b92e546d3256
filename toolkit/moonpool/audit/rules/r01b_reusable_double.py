"""R1b: a workflow that starts by itself and is called by another on the same event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Severity
from moonpool.audit.rules.r01_verify_in_deploy import calls_the_cover, finding
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for verdict in context.verdicts:
        if not calls_the_cover(verdict):
            continue
        found = finding(context, verdict, "R1b")
        occasion, cover = verdict.covers[0]
        path = cover.match.run.root.path
        message = f"{path} runs twice on {occasion.words}: by itself, and called by this job"
        # The call is what gates this workflow, so the other's own trigger is what could go.
        advice = f"instead: take {occasion.words} out of the triggers of {path}"
        yield replace(
            found,
            message=message,
            fix=None,
            details=(*found.details, advice),
            facts={**found.facts, "verdict": "advise"},
        )


RULE = Rule(
    "R1b",
    "reusable-double",
    Severity.HIGH,
    "a workflow that starts by itself and is called on the same event",
    _check,
)
