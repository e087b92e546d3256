"""Makes one database hold what another holds, by the server's own definitions of each object.

`CREATE TABLE … LIKE` would leave out foreign keys, views, triggers and routines. Only what has no
place in a definition is added: rows, the state of sequences, and the modes that code was made with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.databases.mysql.connection import quoted
from moonpool.databases.mysql.failures import code_of
from moonpool.databases.mysql.objects import Objects, Relation, list_objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.databases.mysql.connection import Session

__all__ = ["copy_database", "empty_out"]

# Definitions were accepted once already, in whatever order and mode.
_LENIENT = (
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0"
)
_NO_SUCH_OBJECT = frozenset((1146, 1305, 1356, 4091))


def copy_database(session: Session, source: str, target: str) -> None:
    """Fill the empty ``target``; the session's modes and its database are changed.

    Raises pymysql.Error for what the server refuses.
    """
    session.execute(f"{_LENIENT}; USE {quoted(source)}")
    found = list_objects(session, source)
    session.execute(f"USE {quoted(target)}")
    # Definitions name the database itself where they mean another object in it.
    before, after = f"{quoted(source)}.", f"{quoted(target)}."
    for statement in (*found.routines, *(relation.definition for relation in found.tables)):
        session.execute(statement.replace(before, after))
    for relation in found.tables:
        _copy_rows(session, source, relation)
    _make_views(session, [relation.definition.replace(before, after) for relation in found.views])
    # Triggers would act on the rows that are copied.
    for statement in found.late:
        session.execute(statement.replace(before, after))


def empty_out(session: Session, name: str) -> None:
    """Drop everything in a database but our mark."""
    session.execute(f"{_LENIENT}; USE {quoted(name)}")
    found: Objects = list_objects(session, name)
    for statement in found.drops:
        session.execute(statement)


def _copy_rows(session: Session, source: str, relation: Relation) -> None:
    if relation.columns:
        columns = ", ".join(map(quoted, relation.columns))
        name = quoted(relation.name)
        session.execute(
            f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {quoted(source)}.{name}"
        )


def _make_views(session: Session, definitions: Sequence[str]) -> None:
    """Make views in whatever order they need each other."""
    import pymysql

    waiting = list(definitions)
    while waiting:
        failed: list[str] = []
        for definition in waiting:
            try:
                session.execute(definition)
            except pymysql.Error as error:
                if code_of(error) not in _NO_SUCH_OBJECT or len(waiting) == 1:
                    raise
                failed.append(definition)
        if len(failed) == len(waiting):
            session.execute(failed[0])
        waiting = failed
