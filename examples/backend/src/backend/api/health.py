"""Whether the service can reach its database."""

from fastapi import APIRouter
from sqlalchemy import text

from backend.database import DatabaseSession

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get("/health")
def health(session: DatabaseSession) -> dict[str, str]:
    """Answer once the database has."""
    session.execute(text("select 1"))
    return {"status": "ok"}
