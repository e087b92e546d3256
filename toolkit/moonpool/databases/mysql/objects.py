"""What a database holds, as the statements that make it again and those that remove it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.mysql.connection import quoted
from moonpool.databases.mysql.marking import MARKER

if TYPE_CHECKING:
    from moonpool.databases.mysql.connection import Session

__all__ = ["Objects", "Relation", "list_objects", "stored_columns"]

_SEQUENCE, _VIEW = "SEQUENCE", "VIEW"
_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = %s AND COALESCE(generation_expression, '') = ''
    ORDER BY table_name, ordinal_position
"""
_ROUTINES = """
    SELECT routine_type, routine_name FROM information_schema.routines
    WHERE routine_schema = %s AND routine_name <> %s ORDER BY routine_name
"""
_TRIGGERS = """
    SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = %s
    ORDER BY event_object_table, event_manipulation, action_timing, action_order
"""
_EVENTS = "SELECT event_name FROM information_schema.events WHERE event_schema = %s"


@dataclass(frozen=True)
class Relation:
    """A table, a sequence or a view; ``columns`` are those that hold values of their own."""

    name: str
    definition: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Objects:
    """Everything in one database but our mark, in an order in which it can be made."""

    routines: tuple[str, ...]
    tables: tuple[Relation, ...]
    """Sequences first: columns may take their values from them."""
    views: tuple[Relation, ...]
    late: tuple[str, ...]
    """Triggers and events: what acts by itself."""
    drops: tuple[str, ...]


def list_objects(session: Session, name: str) -> Objects:
    """What the session's current database ``name`` holds."""
    relations = [(str(each), str(kind)) for each, kind in session.execute("SHOW FULL TABLES")]
    routines = session.execute(_ROUTINES, (name, MARKER))
    triggers = [("TRIGGER", str(each)) for (each,) in session.execute(_TRIGGERS, (name,))]
    events = [("EVENT", str(each)) for (each,) in session.execute(_EVENTS, (name,))]
    columns = stored_columns(session, name)
    tables = [each for each, kind in relations if kind not in (_SEQUENCE, _VIEW)]
    sequences = [each for each, kind in relations if kind == _SEQUENCE]
    views = [each for each, kind in relations if kind == _VIEW]
    return Objects(
        routines=tuple(_code(session, str(kind), str(each)) for kind, each in routines),
        tables=(
            *(Relation(each, _sequence(session, each)) for each in sequences),
            *(Relation(each, _made(session, "TABLE", each), columns[each]) for each in tables),
        ),
        views=tuple(Relation(each, _made(session, "VIEW", each)) for each in views),
        late=tuple(_code(session, *each) for each in (*triggers, *events)),
        drops=tuple(
            f"DROP {kind} {quoted(each)}"
            for kind, each in (
                *events,
                *(("VIEW", each) for each in views),
                *(("TABLE", each) for each in tables),
                *(("SEQUENCE", each) for each in sequences),
                *((str(kind), str(each)) for kind, each in routines),
            )
        ),
    )


def stored_columns(session: Session, name: str) -> dict[str, tuple[str, ...]]:
    """By table, the columns whose values are not computed."""
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for table, column in session.execute(_COLUMNS, (name,)):
        found[str(table)] += (str(column),)
    return found


def _made(session: Session, kind: str, name: str) -> str:
    return str(session.execute(f"SHOW CREATE {kind} {quoted(name)}")[0][1])


def _sequence(session: Session, name: str) -> str:
    ((following, *_),) = session.execute(f"SELECT next_not_cached_value FROM {quoted(name)}")
    made = _made(session, "SEQUENCE", name)
    return f"{made}; DO SETVAL({quoted(name)}, {int(following)}, 0)"


def _code(session: Session, kind: str, name: str) -> str:
    """A routine, trigger or event with the modes that it was made in, which it keeps."""
    row = session.described(f"SHOW CREATE {kind} {quoted(name)}")
    zone = f"time_zone = '{row['time_zone']}', " if "time_zone" in row else ""
    modes = f"sql_mode = '{row['sql_mode']}', collation_connection = {row['collation_connection']}"
    made = row.get("SQL Original Statement") or row[f"Create {kind.title()}"]
    return f"SET SESSION {zone}{modes}; {made}"
