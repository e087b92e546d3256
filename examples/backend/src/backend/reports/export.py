"""The journal as CSV, one row per line."""

import csv
import io
from collections.abc import Iterator

from core import Period
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.books import amount_text, base_text
from backend.models import JournalEntry

__all__ = ["HEADER", "journal_csv"]

HEADER = ("number", "day", "text", "account", "amount", "currency", "base_amount")


def journal_csv(session: Session, period: Period) -> Iterator[str]:
    """Yield the header and then each entry's rows, in the order of numbers."""
    yield _csv_row(HEADER)
    query = (
        select(JournalEntry)
        .where(JournalEntry.day.between(period.first, period.last))
        .order_by(JournalEntry.year, JournalEntry.number)
    )
    for entry in session.scalars(query):
        for line in entry.lines:
            amount = amount_text(line.amount, entry.currency)
            number = f"{entry.year}-{entry.number}"
            facts = (number, str(entry.day), entry.text, line.account.code)
            yield _csv_row((*facts, amount, entry.currency, base_text(line.base_amount)))


def _csv_row(values: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_harmless(value) for value in values])
    return buffer.getvalue()


def _harmless(value: str) -> str:
    # A spreadsheet runs text that starts like a formula; a negative amount is none.
    return f"'{value}" if value.startswith(("=", "+", "@")) else value
