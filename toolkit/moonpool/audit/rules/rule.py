"""What a rule is: an id that users write, a word for it, and the function that looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moonpool.audit.context import Context
    from moonpool.audit.finding import Finding, Severity

__all__ = ["Rule"]


class _Check(Protocol):
    def __call__(self, context: Context) -> Iterable[Finding]: ...


@dataclass(frozen=True)
class Rule:
    """``summary`` says what the rule finds, in a line."""

    id: str
    name: str
    severity: Severity
    summary: str
    check: _Check
