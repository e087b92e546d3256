"""Drops a database and ends who is in the way: a killed run's workers, a forgotten transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.mysql.connection import quoted
from moonpool.databases.mysql.failures import code_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from moonpool.databases.mysql.connection import Session

__all__ = ["EndedSession", "end_sessions", "remove_database"]

_NO_SUCH_THREAD, _NOT_OWNER = 1094, 1095
# Where the server keeps statements (`performance_schema`), also that of an idle session.
_LAST_STATEMENT = """
    SELECT sql_text FROM performance_schema.events_statements_current
    JOIN performance_schema.threads USING (thread_id) WHERE processlist_id = %s
"""


@dataclass(frozen=True)
class EndedSession:
    """A session that was ended; ``statement`` is empty where the server does not tell."""

    number: int
    command: str
    seconds: int
    statement: str


def remove_database(session: Session, name: str) -> None:
    """Drop a database; its sessions end first, since one in a transaction would hold us up."""
    end_sessions(session, name)
    session.execute(f"DROP DATABASE {quoted(name)}")


def end_sessions(
    session: Session, name: str, chosen: Collection[int] | None = None
) -> list[EndedSession]:
    """End the sessions of a database but our own, or the chosen of them.

    Those that our user may not end stay.
    """
    import pymysql

    ended = []
    for number, _user, _host, database, command, seconds, _state, said, *_ in session.execute(
        "SHOW FULL PROCESSLIST"
    ):
        if database != name or number == session.number:
            continue
        if chosen is not None and number not in chosen:
            continue
        statement = str(said or _last_statement(session, int(number)))
        try:
            session.execute(f"KILL {int(number)}")
        except pymysql.Error as error:
            if code_of(error) not in (_NO_SUCH_THREAD, _NOT_OWNER):
                raise
            continue
        ended.append(EndedSession(int(number), str(command), int(seconds or 0), statement))
    return ended


def _last_statement(session: Session, number: int) -> str:
    import pymysql

    try:
        rows = session.execute(_LAST_STATEMENT, (number,))
    except pymysql.Error:
        return ""
    return str(rows[0][0] or "") if rows else ""
