"""Rules that tell what a transaction was for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statements.models import Transaction

__all__ = ["OTHER", "Rule", "categorise"]

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rule:
    """A category for the transactions whose words contain ``pattern`` (a regular expression)."""

    category: str
    pattern: str
    direction: Literal["in", "out", "any"] = "any"

    def fits(self, transaction: Transaction) -> bool:
        """Whether the transaction is one that this rule speaks of."""
        direction = "in" if transaction.amount.minor > 0 else "out"
        if self.direction not in ("any", direction):
            return False
        return re.search(self.pattern, transaction.text, re.IGNORECASE) is not None


def categorise(transaction: Transaction, rules: Sequence[Rule]) -> str:
    """Return the category of the first rule that fits, or ``other``."""
    return next((rule.category for rule in rules if rule.fits(transaction)), OTHER)
