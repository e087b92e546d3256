"""Requests that may be sent twice and are done once.

The record is inserted before the work and in its transaction: a second request with the same key
waits on the first one's row and then finds its answer, or does the work if the first one failed.
"""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.errors import ConflictError
from backend.models import IdempotencyRecord

__all__ = ["IdempotencyKey", "done_once"]

IdempotencyKey = Annotated[str | None, Header(max_length=100)]


def done_once(
    session: Session, key: str | None, request: BaseModel, work: Callable[[], BaseModel]
) -> dict[str, Any]:
    """Return the answer of ``work``, or the answer that the same request got before; commits.

    Raises ConflictError when the key was used for another request.
    """
    digest = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
    if key is not None and not _claimed(session, key, digest):
        return _earlier_answer(session, key, digest)
    answer = work().model_dump(mode="json")
    if key is not None:
        session.get_one(IdempotencyRecord, key).answer = answer
    session.commit()
    return answer


def _claimed(session: Session, key: str, digest: str) -> bool:
    statement = (
        insert(IdempotencyRecord)
        .values(key=key, request_hash=digest)
        .on_conflict_do_nothing()
        .returning(IdempotencyRecord.key)
    )
    return session.scalar(statement) is not None


def _earlier_answer(session: Session, key: str, digest: str) -> dict[str, Any]:
    earlier = session.get_one(IdempotencyRecord, key)
    if earlier.request_hash != digest:
        raise ConflictError("key-reused", f"key `{key}` belongs to another request")
    assert earlier.answer is not None, "a record is committed together with its answer"
    return earlier.answer
