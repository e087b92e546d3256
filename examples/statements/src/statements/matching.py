"""Finding the invoice that a payment pays.

An item matches by its number in the purpose, else by its amount and the days around its due date;
what is ambiguous stays unmatched, because a wrong match costs more than a missing one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from core import Money

    from statements.models import Transaction

__all__ = ["Match", "OpenItem", "match_items"]

# A transfer takes a day or two, and customers pay a little early or two weeks late.
_EARLY, _LATE = timedelta(days=10), timedelta(days=21)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice that waits for its payment; what we owe is negative."""

    number: str
    amount: Money
    due: date


@dataclass(frozen=True, slots=True)
class Match:
    """A transaction, the item that it pays, and what told us so."""

    transaction: Transaction
    item: OpenItem
    by: Literal["number", "amount"]

    @property
    def difference(self) -> Money:
        """What was paid too much (positive) or too little."""
        return self.transaction.amount - self.item.amount


def match_items(
    transactions: Iterable[Transaction], items: Sequence[OpenItem]
) -> tuple[Match, ...]:
    """Return at most one match per item; numbers are looked at before amounts."""
    waiting = list(items)
    matches: list[Match] = []
    rest: list[Transaction] = []
    for transaction in transactions:
        named = [item for item in waiting if _names(transaction, item)]
        if len(named) == 1:
            matches.append(Match(transaction, named[0], "number"))
            waiting.remove(named[0])
        else:
            rest.append(transaction)
    return (*matches, *_by_amount(rest, waiting))


def _names(transaction: Transaction, item: OpenItem) -> bool:
    same_currency = transaction.amount.currency == item.amount.currency
    same_direction = (transaction.amount.minor > 0) == (item.amount.minor > 0)
    # `RE-10` must not be found in `RE-100`.
    pattern = rf"(?<![\w-]){re.escape(item.number)}(?![\w-])"
    found = re.search(pattern, f"{transaction.purpose} {transaction.reference}", re.IGNORECASE)
    return same_currency and same_direction and found is not None


def _by_amount(transactions: Iterable[Transaction], items: list[OpenItem]) -> tuple[Match, ...]:
    matches: list[Match] = []
    for transaction in transactions:
        fitting = [item for item in items if _fits(transaction, item)]
        if len(fitting) == 1:
            matches.append(Match(transaction, fitting[0], "amount"))
            items.remove(fitting[0])
    return tuple(matches)


def _fits(transaction: Transaction, item: OpenItem) -> bool:
    in_time = item.due - _EARLY <= transaction.booked_on <= item.due + _LATE
    return in_time and transaction.amount == item.amount
