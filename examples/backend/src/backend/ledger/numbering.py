"""Numbers of entries: from 1 in every year, without gap."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.models import NumberSequence

__all__ = ["next_number"]


def next_number(session: Session, year: int) -> int:
    """Return the next number of a year.

    The row stays locked until the transaction ends, so others wait for their number; a rollback
    gives it back. A sequence of PostgreSQL would be faster and leave gaps, which auditors dislike.
    """
    statement = insert(NumberSequence).values(year=year, last=1)
    counted_up = statement.on_conflict_do_update(
        index_elements=[NumberSequence.year], set_={"last": NumberSequence.last + 1}
    )
    return session.execute(counted_up.returning(NumberSequence.last)).scalar_one()
