"""The audit log over HTTP; there is no door to change it."""

from fastapi import APIRouter
from sqlalchemy import select

from backend.database import DatabaseSession
from backend.models import AuditRecord
from backend.pagination import Cursor, Limit, Page, page_of
from backend.schemas import AuditOut

__all__ = ["router"]

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("")
def find(
    session: DatabaseSession,
    subject: str | None = None,
    action: str | None = None,
    actor: str | None = None,
    after: Cursor = 0,
    limit: Limit = 50,
) -> Page[AuditOut]:
    """List what was done, the earliest first."""
    query = select(AuditRecord)
    wanted = (
        (AuditRecord.subject, subject),
        (AuditRecord.action, action),
        (AuditRecord.actor, actor),
    )
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    return page_of(session, query, AuditRecord.id, AuditOut.model_validate, after, limit)
