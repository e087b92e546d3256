"""The mark of a database of ours: the comment of a procedure in it, which nobody need ever call.

It goes with its database and shows in no list of tables. MySQL has no comment on a database, and
MariaDB's would be another way for one of two servers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moonpool.databases.mysql.connection import quoted

if TYPE_CHECKING:
    from moonpool.databases.mysql.connection import Session

__all__ = [
    "MARKER",
    "comment_of",
    "comments",
    "exists",
    "is_finished",
    "make_marked",
    "set_comment",
    "unfinished",
]

MARKER = "moonpool_mark"
_COMMENTS = f"""
    SELECT routine_schema, routine_comment FROM information_schema.routines
    WHERE routine_name = '{MARKER}' AND routine_type = 'PROCEDURE'
"""
# The schema compares without case, and the server may still tell two such names apart.
_NAMED = "{0} = %s AND (@@lower_case_table_names OR BINARY {0} = %s)"
_UNFINISHED = "unfinished"


def comments(session: Session) -> list[tuple[str, str]]:
    """Every database that has a marker, and what the marker says."""
    rows = session.execute(_COMMENTS + " ORDER BY routine_schema")
    return [(str(name), str(comment)) for name, comment in rows]


def comment_of(session: Session, name: str) -> str | None:
    """What a database's marker says, or None when it has none or does not exist."""
    rows = session.execute(f"{_COMMENTS} AND {_NAMED.format('routine_schema')}", (name, name))
    return str(rows[0][1]) if rows else None


def exists(session: Session, name: str) -> bool:
    """Whether there is a database of this name, as far as our user may see it."""
    named = _NAMED.format("schema_name")
    looking = f"SELECT 1 FROM information_schema.schemata WHERE {named}"
    return bool(session.execute(looking, (name, name)))


def make_marked(session: Session, name: str, comment: str, like: str) -> None:
    """Make a database and its marker by one message, so that our death cannot come between.

    ``like`` names a database whose character set is taken over, if it exists.
    """
    charset = _charset(session, like)
    making = f"CREATE DATABASE {quoted(name)}{charset}"
    marking = f"CREATE PROCEDURE {quoted(name)}.{MARKER}() COMMENT {session.literal(comment)} DO 0"
    try:
        session.execute(f"{making}; {marking}")
    except BaseException:
        # Only what this very message made may go: a user without the right to make procedures.
        if session.done == 1 and not session.closed:
            session.execute(f"DROP DATABASE {quoted(name)}")
        raise


def set_comment(session: Session, name: str, comment: str) -> None:
    """Let a database's marker say something else, in one step."""
    said = session.literal(comment)
    session.execute(f"ALTER PROCEDURE {quoted(name)}.{MARKER} COMMENT {said}")


def unfinished(comment: str) -> str:
    """The same comment for a database that is still being filled."""
    return json.dumps({**json.loads(comment), _UNFINISHED: True})


def is_finished(comment: str) -> bool:
    """Whether a marker's comment is one of a database that holds all that it should."""
    try:
        content = json.loads(comment)
    except ValueError:
        return False
    return isinstance(content, dict) and _UNFINISHED not in content


def _charset(session: Session, name: str) -> str:
    rows = session.execute(
        "SELECT default_character_set_name, default_collation_name"
        f" FROM information_schema.schemata WHERE {_NAMED.format('schema_name')}",
        (name, name),
    )
    return f" CHARACTER SET {rows[0][0]} COLLATE {rows[0][1]}" if rows else ""
