"""Closing months and years over HTTP."""

from typing import Annotated

from core import month
from fastapi import APIRouter, Path, status

from backend import audit
from backend.database import DatabaseSession
from backend.ledger.periods import close_month, closed_months, reopen_month
from backend.ledger.year_end import close_year
from backend.schemas import Code, EntryOut, Request

__all__ = ["router"]

router = APIRouter(prefix="/periods", tags=["periods"])

Year = Annotated[int, Path(ge=1900, le=9999)]
Month = Annotated[int, Path(ge=1, le=12)]


class YearEnd(Request):
    """The account that takes a year's profit."""

    earnings: Code


@router.get("/closed")
def closed(session: DatabaseSession) -> list[str]:
    """List the closed months, the earliest first."""
    return [f"{period.first:%Y-%m}" for period in closed_months(session)]


@router.put("/{year}/{number}/closed", status_code=status.HTTP_204_NO_CONTENT)
def close(
    year: Year, number: Month, session: DatabaseSession, actor: audit.Actor = "anonymous"
) -> None:
    """Close a month."""
    close_month(session, month(year, number))
    audit.record(session, actor, "close", f"period/{year}-{number:02}")
    session.commit()


@router.delete("/{year}/{number}/closed", status_code=status.HTTP_204_NO_CONTENT)
def reopen(
    year: Year, number: Month, session: DatabaseSession, actor: audit.Actor = "anonymous"
) -> None:
    """Open the last closed month again."""
    reopen_month(session, month(year, number))
    audit.record(session, actor, "reopen", f"period/{year}-{number:02}")
    session.commit()


@router.post("/{year}/closing", status_code=status.HTTP_201_CREATED)
def year_end(
    year: Year, body: YearEnd, session: DatabaseSession, actor: audit.Actor = "anonymous"
) -> EntryOut:
    """Post the closing entry of a year."""
    entry = close_year(session, year, body.earnings)
    audit.record(session, actor, "close", f"period/{year}", entry=entry.id)
    answer = EntryOut.of(entry)
    session.commit()
    return answer
