"""Findings as GitHub's workflow commands, which become annotations of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.finding import Finding

__all__ = ["as_commands"]

_LEVELS = {
    Severity.ERROR: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def as_commands(findings: Sequence[Finding]) -> str:
    """Return one command on each line."""
    return "\n".join(_command(finding) for finding in findings)


def _command(finding: Finding) -> str:
    place = finding.place
    properties = {
        "file": place.path,
        "line": str(place.line),
        "endLine": str(max(place.line, place.last)),
        "title": f"moonpool {finding.rule}",
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join((finding.message, *finding.details))
    return f"::{_LEVELS[finding.severity]} {listed}::{_escaped(text)}"


def _escaped(text: str) -> str:
    # https://github.com/actions/toolkit: packages/core/src/command.ts
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
