"""The audit log: every change leaves a record in its own transaction."""

from typing import Annotated, Any

from fastapi import Header
from sqlalchemy.orm import Session

from backend.models import AuditRecord

__all__ = ["Actor", "record"]

Actor = Annotated[str, Header(alias="X-Actor", max_length=100)]


def record(session: Session, actor: str, action: str, subject: str, **detail: Any) -> None:
    """Note that ``actor`` did ``action`` to ``subject``; a rollback takes the note back."""
    session.add(AuditRecord(actor=actor, action=action, subject=subject, detail=detail))
