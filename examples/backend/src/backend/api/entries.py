"""Journal entries over HTTP."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, status
from sqlalchemy import select

from backend import audit
from backend.database import DatabaseSession
from backend.idempotency import IdempotencyKey, done_once
from backend.ledger.accounts import account_by_code
from backend.ledger.posting import Draft, DraftLine, entry_by_id, post
from backend.ledger.reversal import reverse
from backend.models import JournalEntry, JournalLine
from backend.pagination import Cursor, Limit, Page, page_of
from backend.schemas import EntryIn, EntryOut, Reversal

__all__ = ["router"]

router = APIRouter(prefix="/entries", tags=["entries"])


@router.post("", status_code=status.HTTP_201_CREATED, response_model=EntryOut)
def create(
    body: EntryIn,
    session: DatabaseSession,
    actor: audit.Actor = "anonymous",
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Post an entry, once per idempotency key."""

    def work() -> EntryOut:
        entry = post(session, _draft(body))
        audit.record(session, actor, "post", f"entry/{entry.id}", text=entry.text)
        return EntryOut.of(entry)

    return done_once(session, idempotency_key, body, work)


def _draft(body: EntryIn) -> Draft:
    lines = tuple(DraftLine(line.account, line.amount, line.memo) for line in body.lines)
    return Draft(body.day, body.text, body.currency, lines)


@router.get("")
def find(
    session: DatabaseSession,
    since: date | None = None,
    until: date | None = None,
    account: str | None = None,
    words: Annotated[str | None, Query(alias="q", min_length=1)] = None,
    after: Cursor = 0,
    limit: Limit = 50,
) -> Page[EntryOut]:
    """List entries in the order of posting."""
    query = select(JournalEntry)
    if since is not None:
        query = query.where(JournalEntry.day >= since)
    if until is not None:
        query = query.where(JournalEntry.day <= until)
    if account is not None:
        wanted = account_by_code(session, account)
        query = query.where(JournalEntry.lines.any(JournalLine.account_id == wanted.id))
    if words is not None:
        query = query.where(JournalEntry.text.icontains(words, autoescape=True))
    return page_of(session, query, JournalEntry.id, EntryOut.of, after, limit)


@router.get("/{entry_id}")
def show(entry_id: int, session: DatabaseSession) -> EntryOut:
    """Return one entry."""
    return EntryOut.of(entry_by_id(session, entry_id))


@router.post("/{entry_id}/reversal", status_code=status.HTTP_201_CREATED)
def take_back(
    entry_id: int, body: Reversal, session: DatabaseSession, actor: audit.Actor = "anonymous"
) -> EntryOut:
    """Post the entry that takes another one back."""
    reversal = reverse(session, entry_by_id(session, entry_id), body.day)
    audit.record(session, actor, "reverse", f"entry/{entry_id}", by=reversal.id)
    answer = EntryOut.of(reversal)
    session.commit()
    return answer
