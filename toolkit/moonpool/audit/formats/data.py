"""Findings for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.finding import Finding, Place

__all__ = ["as_data"]


def as_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as plain values; lines count from 1."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.word,
            "path": finding.place.path,
            "line": finding.place.line,
            "last_line": max(finding.place.line, finding.place.last),
            "job": finding.job,
            "step": finding.step,
            "message": finding.message,
            "details": list(finding.details),
            "related": [_place(place) for place in finding.related],
            "fix": finding.fix and {"title": finding.fix.title, "safety": finding.fix.safety.value},
            **finding.facts,
        }
        for finding in findings
    ]


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "what": place.what}
