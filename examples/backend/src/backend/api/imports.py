"""Bank statements over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, status
from sqlalchemy import select

from backend import audit
from backend.database import DatabaseSession
from backend.ledger.accounts import account_by_code
from backend.ledger.imports import book, import_statement, transaction_by_id
from backend.models import BankTransaction
from backend.pagination import Cursor, Limit, Page, page_of
from backend.schemas import Booking, EntryOut, ImportOut, TransactionOut

__all__ = ["router"]

router = APIRouter(tags=["imports"])


@router.post("/accounts/{code}/statements", status_code=status.HTTP_201_CREATED)
def upload(
    code: str,
    text: Annotated[str, Body(media_type="text/plain")],
    session: DatabaseSession,
    actor: audit.Actor = "anonymous",
) -> ImportOut:
    """Read a statement in any known format and keep what is new."""
    done = import_statement(session, account_by_code(session, code), text)
    audit.record(session, actor, "import", f"account/{code}", new=done.new, known=done.known)
    answer = ImportOut.model_validate(done)
    session.commit()
    return answer


@router.get("/transactions")
def find(
    session: DatabaseSession,
    booked: bool | None = None,
    category: Annotated[str | None, Query(min_length=1)] = None,
    after: Cursor = 0,
    limit: Limit = 50,
) -> Page[TransactionOut]:
    """List transactions in the order in which they came."""
    query = select(BankTransaction)
    if booked is not None:
        has_entry = BankTransaction.entry_id.is_not(None)
        query = query.where(has_entry if booked else ~has_entry)
    if category is not None:
        query = query.where(BankTransaction.category == category)
    return page_of(session, query, BankTransaction.id, TransactionOut.of, after, limit)


@router.post("/transactions/{transaction_id}/entry", status_code=status.HTTP_201_CREATED)
def book_transaction(
    transaction_id: int,
    body: Booking,
    session: DatabaseSession,
    actor: audit.Actor = "anonymous",
) -> EntryOut:
    """Post the entry of a transaction."""
    transaction = transaction_by_id(session, transaction_id)
    entry = book(session, transaction, account_by_code(session, body.against))
    audit.record(session, actor, "book", f"transaction/{transaction_id}", entry=entry.id)
    answer = EntryOut.of(entry)
    session.commit()
    return answer
