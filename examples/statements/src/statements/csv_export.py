"""Statements as the CSV that online banking exports; every bank has a dialect of its own."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core import ENGLISH, GERMAN, CoreError, Money, Notation, currency

from statements.errors import StatementError
from statements.models import Statement, Transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core import Currency

__all__ = ["PROFILES", "Profile", "read_csv"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A bank's dialect: which column means what, and how its numbers and days are written."""

    delimiter: str
    notation: Notation
    day_format: str
    day: str
    amount: str
    currency: str
    counterparty: str
    purpose: str

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a file of this dialect must have."""
        return frozenset((self.day, self.amount, self.currency, self.counterparty, self.purpose))


PROFILES = {
    "german": Profile(
        delimiter=";",
        notation=GERMAN,
        day_format="%d.%m.%Y",
        day="Buchungstag",
        amount="Betrag",
        currency="Währung",
        counterparty="Name",
        purpose="Verwendungszweck",
    ),
    "english": Profile(
        delimiter=",",
        notation=ENGLISH,
        day_format="%Y-%m-%d",
        day="Date",
        amount="Amount",
        currency="Currency",
        counterparty="Name",
        purpose="Details",
    ),
}


def read_csv(text: str, account: str, profile: Profile | None = None) -> Statement:
    """Return the statement of an export; its dialect is found from its columns unless given.

    Raises StatementError with the line that cannot be read.
    """
    dialect = profile or _profile_of(text.partition("\n")[0])
    rows = list(csv.DictReader(io.StringIO(text), delimiter=dialect.delimiter))
    transactions = tuple(_transaction(dialect, row, line) for line, row in enumerate(rows, start=2))
    if not transactions:
        raise StatementError("the export has no transactions, so its currency is not known")
    return Statement(account, _only_currency(transactions), transactions)


def _profile_of(header: str) -> Profile:
    for profile in PROFILES.values():
        if profile.columns <= set(header.strip().split(profile.delimiter)):
            return profile
    raise StatementError(f"no known bank exports the columns `{header.strip()}`")


def _transaction(profile: Profile, row: Mapping[str, str], line: int) -> Transaction:
    try:
        unit = currency(row[profile.currency])
        return Transaction(
            booked_on=datetime.strptime(row[profile.day], profile.day_format).date(),
            amount=Money.of(profile.notation.read(row[profile.amount]), unit),
            counterparty=row[profile.counterparty].strip(),
            purpose=row[profile.purpose].strip(),
        )
    except KeyError as error:
        raise StatementError(f"line {line}: no column {error}") from error
    except (CoreError, ValueError) as error:
        raise StatementError(f"line {line}: {error}") from error


def _only_currency(transactions: tuple[Transaction, ...]) -> Currency:
    found = {transaction.amount.currency for transaction in transactions}
    if len(found) > 1:
        codes = ", ".join(sorted(unit.code for unit in found))
        raise StatementError(f"found {codes} in one export, expected one currency")
    return found.pop()
