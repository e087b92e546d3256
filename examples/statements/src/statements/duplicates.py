"""Leaving out transactions that an earlier statement already brought."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from statements.models import Transaction

__all__ = ["fingerprint", "numbered", "without_known"]


def fingerprint(transaction: Transaction, occurrence: int = 0) -> str:
    """Return what identifies a transaction in every format.

    Spaces and case differ between a bank's formats and do not count; ``occurrence`` tells equal
    transactions of one statement apart, as two coffees on one day are two transactions.
    """
    words = "".join(transaction.text.split()).casefold()
    facts = (transaction.booked_on, transaction.amount, words, occurrence)
    return hashlib.sha256("|".join(map(str, facts)).encode()).hexdigest()[:32]


def numbered(transactions: Iterable[Transaction]) -> Iterator[tuple[str, Transaction]]:
    """Yield each transaction behind its fingerprint, equal ones numbered in order."""
    seen: Counter[str] = Counter()
    for transaction in transactions:
        plain = fingerprint(transaction)
        yield fingerprint(transaction, seen[plain]), transaction
        seen[plain] += 1


def without_known(
    transactions: Iterable[Transaction], known: Collection[str]
) -> tuple[tuple[str, Transaction], ...]:
    """Return the transactions whose fingerprints are not known, each behind its own."""
    return tuple(pair for pair in numbered(transactions) if pair[0] not in known)
