"""Pages of a list: a limit, and a cursor that is the last id seen.

A cursor stays right while rows are added, which an offset does not.
"""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

__all__ = ["Cursor", "Limit", "Page", "page_of"]

# A client that wants everything should ask often rather than hold a connection for long.
_LARGEST_PAGE = 200

Cursor = Annotated[int, Query(ge=0, description="the `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=_LARGEST_PAGE)]
Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row")


class Page(BaseModel, Generic[Item]):
    """Some items, and the cursor of the page behind them (None on the last one)."""

    items: list[Item]
    next: int | None


def page_of(
    session: Session,
    query: Select[Row],
    by: InstrumentedAttribute[int],
    shown_as: Callable[[Row], Item],
    after: int,
    limit: int,
) -> Page[Item]:
    """Return the page of ``query`` behind the cursor ``after``, in the order of the id ``by``."""
    # One row more than asked for tells whether another page follows.
    rows = session.scalars(query.where(by > after).order_by(by).limit(limit + 1)).all()
    items = [shown_as(row) for row in rows[:limit]]
    following: int | None = getattr(rows[limit - 1], by.key) if len(rows) > limit else None
    return Page(items=items, next=following)
