"""Findings for people, one paragraph each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from moonpool.audit.finding import Safety, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.finding import Finding

__all__ = ["as_text", "summary"]

_HOW = {
    Safety.SAFE: "`--fix`",
    Safety.GATED: "`--fix --gate …`",
    Safety.UNSAFE: "`--fix --unsafe-fixes`",
}


def as_text(findings: Sequence[Finding]) -> str:
    """Return one paragraph for each finding."""
    return "\n\n".join("\n".join(_lines(finding)) for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """Return one line with the number of findings by severity."""
    if not findings:
        return "nothing found"
    counts = Counter(finding.severity for finding in findings)
    by_severity = [f"{counts[s]} {s.word}" for s in sorted(Severity, reverse=True) if counts[s]]
    noun = "finding" if len(findings) == 1 else "findings"
    return f"{len(findings)} {noun}: {', '.join(by_severity)}"


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.place}: {finding.rule} {finding.severity.word}: {finding.message}"
    yield from (f"    {line}" for line in finding.details)
    for place in finding.related:
        yield f"    see {place}" + (f" {place.what}" if place.what else "")
    if finding.fix:
        yield f"    fix: {finding.fix.title} ({_HOW[finding.fix.safety]})"
