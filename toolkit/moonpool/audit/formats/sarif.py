"""Findings as SARIF 2.1.0, which GitHub's code scanning and editors read."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from moonpool.audit.editing.edit import edited
from moonpool.audit.editing.splice import RefusedError
from moonpool.audit.finding import Safety, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.finding import Finding, Fix, Place
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.rules.rule import Rule

__all__ = ["as_sarif"]

_LEVELS = {
    Severity.ERROR: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


# What a reader of a fix has to know who sees no command line.
_ASKS = {
    Safety.SAFE: "",
    Safety.GATED: "; then decide what gates the deploy",
    Safety.UNSAFE: "; not proven to be safe",
}


def as_sarif(
    repository: Repository, findings: Sequence[Finding], rules: Sequence[Rule], version: str
) -> dict[str, Any]:
    """Return one SARIF log with one run; each fix has the lines that it replaces."""
    driver = {
        "name": "moonpool",
        "semanticVersion": version,
        "rules": [_rule(rule) for rule in rules],
    }
    order = {rule.id: index for index, rule in enumerate(rules)}
    results = [_result(repository, finding, order) for finding in findings]
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


def _result(repository: Repository, finding: Finding, order: dict[str, int]) -> dict[str, Any]:
    fix = _fix(repository, finding.fix) if finding.fix else None
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
        **({"fixes": [fix]} if fix else {}),
    }


def _fix(repository: Repository, fix: Fix) -> dict[str, Any] | None:
    """Return a fix as replacements of lines, or None where its edits are refused."""
    changes: list[dict[str, Any]] = []
    for change in fix.changes:
        source = repository.workflows[change.path].source
        try:
            after = edited(source, change.edits)
        except RefusedError:
            return None
        replaced = list(_replacements(source.lines, after.lines))
        changes.append({"artifactLocation": {"uri": change.path}, "replacements": replaced})
    text = fix.title + _ASKS[fix.safety]
    return {"description": {"text": text}, "artifactChanges": changes}


def _replacements(before: list[str], after: list[str]) -> Iterator[dict[str, Any]]:
    for kind, first, end, start, stop in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            continue
        region = {"startLine": first + 1, "startColumn": 1, "endLine": end + 1, "endColumn": 1}
        last = before[-1]
        if first < end == len(before) and not last.endswith(("\n", "\r")):
            region |= {"endLine": end, "endColumn": len(last) + 1}
        inserted = "".join(after[start:stop])
        yield {
            "deletedRegion": region,
            **({"insertedContent": {"text": inserted}} if inserted else {}),
        }


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "endLine": max(place.line, place.last)}
    return {"physicalLocation": {"artifactLocation": {"uri": place.path}, "region": region}}
