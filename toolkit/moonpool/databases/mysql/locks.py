"""The server's named locks: one holder each, and gone with the holder's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moonpool.databases.mysql.connection import Session

__all__ = ["holder", "is_held", "release", "take"]

# One wait has to end before our connection gives up waiting for the server's answer.
_SLICE_SECONDS = 30


def take(session: Session, key: int, seconds: int = 0) -> bool:
    """Take a lock, waiting so long for whoever holds it; whether we hold it now."""
    waits = [_SLICE_SECONDS] * (seconds // _SLICE_SECONDS) + [seconds % _SLICE_SECONDS]
    return any(_took(session, key, wait) for wait in waits)


def release(session: Session, key: int) -> None:
    """Give a lock back; nothing when the connection is gone, and the lock with it."""
    if not session.closed:
        session.execute("SELECT RELEASE_LOCK(%s)", (_word(key),))


def holder(session: Session, key: int) -> int | None:
    """The number of the session that holds a lock."""
    ((number,),) = session.execute("SELECT IS_USED_LOCK(%s)", (_word(key),))
    return None if number is None else int(number)


def is_held(session: Session, keys: Iterable[int]) -> bool:
    """Whether any of many locks has a holder."""
    words = [_word(key) for key in keys]
    asked = ", ".join(["IS_USED_LOCK(%s)"] * len(words))
    ((number,),) = session.execute(f"SELECT COALESCE({asked})", words)
    return number is not None


def _took(session: Session, key: int, seconds: int) -> bool:
    ((taken,),) = session.execute("SELECT GET_LOCK(%s, %s)", (_word(key), seconds))
    return bool(taken)


def _word(key: int) -> str:
    return f"moonpool_{key % 2**64:016x}"
