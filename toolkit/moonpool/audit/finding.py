"""What an audit says: findings, how grave they are, and the edits that would mend them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.editing.change import Change

__all__ = ["Finding", "Fix", "Place", "Safety", "Severity", "ordered"]


class Severity(enum.IntEnum):
    """How much a finding costs, in rising order."""

    LOW = 1  # advice
    MEDIUM = 2  # minutes per week
    HIGH = 3  # minutes per run
    ERROR = 4  # GitHub refuses the workflow, or it cannot be read

    @property
    def word(self) -> str:
        return self.name.lower()


class Safety(enum.Enum):
    """What has to be said before a fix is made."""

    SAFE = "safe"  # `--fix`
    GATED = "gated"  # `--fix --gate …`
    UNSAFE = "unsafe"  # `--unsafe-fixes`


@dataclass(frozen=True, order=True)
class Place:
    """Lines of a file, counted from 1, both ends included."""

    path: str
    line: int
    last: int = 0
    what: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Fix:
    """Changes to one or more files that belong together, in words and as edits.

    ``cascade`` takes out what nothing uses any more after them; it is made with unsafe fixes only.
    """

    title: str
    safety: Safety
    changes: tuple[Change, ...]
    cascade: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found. ``details`` are lines for people, ``facts`` for programs.

    ``related`` are the other places that the message speaks of.
    """

    rule: str
    severity: Severity
    place: Place
    message: str
    job: str | None = None
    step: int | None = None
    details: tuple[str, ...] = ()
    related: tuple[Place, ...] = ()
    fix: Fix | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int, str]:
        """What findings are ordered by."""
        return self.place.path, self.place.line, self.rule


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of files and lines."""
    return tuple(sorted(findings, key=lambda finding: finding.key))
