"""An audit of a repository: the chosen rules, less what comments silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.context import Context, Gate
from moonpool.audit.finding import Severity, ordered
from moonpool.audit.rules.registry import RULES, SYNTAX
from moonpool.audit.suppression import without_ignored

if TYPE_CHECKING:
    from moonpool.audit.finding import Finding
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.rules.rule import Rule
    from moonpool.audit.timings import Timings

__all__ = ["Wish", "audit"]


@dataclass(frozen=True)
class Wish:
    """What is to be looked at. Empty ``select`` is all; ``workflows`` are paths or file names."""

    workflows: tuple[str, ...] = ()
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    least: Severity = Severity.LOW
    check_only: bool = False
    assumed: frozenset[str] = frozenset()
    gate: Gate | None = None
    timings: Timings | None = None

    def wants(self, rule: Rule) -> bool:
        """Whether a rule is to be asked."""
        name = rule.id.lower()
        return (not self.select or name in self.select) and name not in self.ignore

    def shows(self, finding: Finding) -> bool:
        """Whether a finding is grave enough and in a file that was asked for."""
        path = finding.place.path
        named = {path, path.rpartition("/")[2]}
        return finding.severity >= self.least and (
            not self.workflows or bool(named.intersection(self.workflows))
        )


def audit(repository: Repository, wish: Wish) -> tuple[Finding, ...]:
    """Return what the chosen rules find, in the order of files and lines."""
    context = Context(repository, wish.assumed, wish.gate, wish.timings)
    rules = SYNTAX if wish.check_only else RULES
    found = [finding for rule in rules if wish.wants(rule) for finding in rule.check(context)]
    shown = [finding for finding in found if wish.shows(finding)]
    return ordered(list(without_ignored(repository, shown)))
