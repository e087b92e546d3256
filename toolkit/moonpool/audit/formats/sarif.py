"""Findings as SARIF 2.1.0, which GitHub's code scanning and editors read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.audit.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.finding import Finding, Place
    from moonpool.audit.rules.rule import Rule

__all__ = ["as_sarif"]

_LEVELS = {
    Severity.ERROR: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Sequence[Finding], rules: Sequence[Rule], version: str) -> dict[str, Any]:
    """Return one SARIF log with one run."""
    driver = {
        "name": "moonpool",
        "semanticVersion": version,
        "rules": [_rule(rule) for rule in rules],
    }
    order = {rule.id: index for index, rule in enumerate(rules)}
    results = [_result(finding, order) for finding in findings]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, order: dict[str, int]) -> dict[str, Any]:
    related = [
        {"id": number, **_location(place), "message": {"text": place.what or str(place)}}
        for number, place in enumerate(finding.related, 1)
    ]
    return {
        "ruleId": finding.rule,
        "ruleIndex": order[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join((finding.message, *finding.details))},
        "locations": [_location(finding.place)],
        **({"relatedLocations": related} if related else {}),
    }


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "endLine": max(place.line, place.last)}
    return {"physicalLocation": {"artifactLocation": {"uri": place.path}, "region": region}}
