"""Taking entries back; nothing in the books is ever changed or removed."""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.errors import ConflictError, RefusedError
from backend.ledger.numbering import next_number
from backend.ledger.periods import ensure_open
from backend.models import JournalEntry, JournalLine

__all__ = ["reverse"]


def reverse(session: Session, entry: JournalEntry, day: date) -> JournalEntry:
    """Write the entry that takes another one back, at the amounts of then.

    Raises ConflictError when it was taken back before or the month is closed, RefusedError when
    the day lies before the entry or the entry is a reversal itself.
    """
    ensure_open(session, day)
    if entry.kind == "reversal":
        raise RefusedError("is-reversal", "a reversal is not reversed; post the entry again")
    if day < entry.day:
        raise RefusedError("too-early", f"the entry is of {entry.day}, found {day}")
    # The lock makes two requests at once agree on who was first.
    session.refresh(entry, with_for_update={"of": JournalEntry})
    if _is_reversed(session, entry):
        raise ConflictError("already-reversed", f"entry {entry.id} was reversed before")
    reversal = JournalEntry(
        year=day.year,
        number=next_number(session, day.year),
        day=day,
        text=f"Reversal: {entry.text}",
        currency=entry.currency,
        kind="reversal",
        reverses_id=entry.id,
        lines=[
            JournalLine(
                position=line.position,
                account=line.account,
                amount=-line.amount,
                base_amount=-line.base_amount,
                memo=line.memo,
            )
            for line in entry.lines
        ],
    )
    session.add(reversal)
    session.flush()
    return reversal


def _is_reversed(session: Session, entry: JournalEntry) -> bool:
    return bool(session.scalar(select(exists().where(JournalEntry.reverses_id == entry.id))))
