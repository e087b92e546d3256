"""Names and ends the sessions that keep a database locked after the test that opened them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.databases.mysql.failures import code_of
from moonpool.databases.mysql.removal import EndedSession, end_sessions
from moonpool.databases.pools import forget_connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonpool.databases.mysql.connection import Session

__all__ = ["IMPATIENT", "past_blockers"]

IMPATIENT = "SET SESSION lock_wait_timeout = 2, innodb_lock_wait_timeout = 2"
_LOCKED = frozenset((1205, 1213))
# Only with the privilege PROCESS may we see who is in a transaction; whoever is in none is in no
# one's way, unless by a lock on tables of another engine.
_TRANSACTIONS = "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx"
_SHOWN_LETTERS = 120


def past_blockers(session: Session, database: str, act: Callable[[], None]) -> tuple[str, ...]:
    """Do ``act``, and once more when others hold locks, after these were ended; who they were.

    Raises pymysql.Error when that does not help.
    """
    import pymysql

    try:
        act()
    except pymysql.Error as error:
        if code_of(error) not in _LOCKED:
            raise
    else:
        return ()
    # A statement that waited in vain leaves our own transaction open.
    session.execute("ROLLBACK")
    ended = _end_blockers(session, database)
    forget_connections()
    act()
    return ended


def _end_blockers(session: Session, database: str) -> tuple[str, ...]:
    chosen = _in_transactions(session)
    ended = end_sessions(session, database, chosen)
    if chosen is not None and not ended:
        ended = end_sessions(session, database)
    return tuple(_described(database, each) for each in ended)


def _described(database: str, ended: EndedSession) -> str:
    words = " ".join(ended.statement.split())[:_SHOWN_LETTERS]
    said = f", last statement `{words}`" if words else ""
    return (
        f"a session (id {ended.number}) kept tables of `{database}` locked after the test and was"
        f" ended: {ended.command} for {ended.seconds} s{said}"
    )


def _in_transactions(session: Session) -> set[int] | None:
    import pymysql

    try:
        return {int(number) for (number,) in session.execute(_TRANSACTIONS)}
    except pymysql.Error:
        return None
