"""A journal of entries and the balances that follow from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import CurrencyMismatchError
from core.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.currency import Currency
    from core.models import Account, Entry, Line
    from core.periods import Period

__all__ = ["Journal"]


@dataclass(frozen=True, slots=True)
class Journal:
    """Entries in the order of posting; posting returns a new journal."""

    currency: Currency
    entries: tuple[Entry, ...] = ()

    def post(self, entry: Entry) -> Journal:
        """Return the journal with one more entry.

        Raises CurrencyMismatchError when the entry is not in the journal's currency.
        """
        if entry.currency != self.currency:
            raise CurrencyMismatchError(
                f"found {entry.currency}, books are kept in {self.currency}"
            )
        return Journal(self.currency, (*self.entries, entry))

    def lines(self, period: Period | None = None) -> Iterator[Line]:
        """Yield the lines of all entries, or of those whose day lies in ``period``."""
        for entry in self.entries:
            if period is None or entry.day in period:
                yield from entry.lines

    def balance(self, account: Account, period: Period | None = None) -> Money:
        """Return the debit-positive balance of one account."""
        amounts = (line.amount for line in self.lines(period) if line.account == account)
        return total(amounts, self.currency)

    def trial_balance(self, period: Period | None = None) -> Mapping[Account, Money]:
        """Return every account that moved with its balance; the balances add up to zero."""
        balances: defaultdict[Account, Money] = defaultdict(lambda: Money.zero(self.currency))
        for line in self.lines(period):
            balances[line.account] += line.amount
        return dict(sorted(balances.items()))
