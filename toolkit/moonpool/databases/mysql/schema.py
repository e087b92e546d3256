"""Whether a database's schema is still the one that it was.

A look at all of it costs a quarter of a millisecond for each table, so it waits until the server
has run any statement that could have changed one, which its own counters tell at once.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from moonpool.databases.mysql.marking import MARKER

if TYPE_CHECKING:
    from moonpool.databases.mysql.connection import Session

__all__ = ["changing_statements", "describe_schema", "has_triggers"]

_ACTS = ("alter", "create", "drop")
_THINGS = ("db", "event", "function", "index", "procedure", "sequence", "table", "trigger", "view")
# All sessions' statements are in them, running ones too; none for an act that no server has.
_COUNTERS = [f"Com_{act}_{thing}" for act, thing in product(_ACTS, _THINGS)] + ["Com_rename_table"]
_COUNTED = "SHOW GLOBAL STATUS WHERE Variable_name IN ({})".format(
    ", ".join(f"'{name}'" for name in _COUNTERS)
)
# View of information_schema -> (the column that names the database, what describes an object).
_DESCRIBED = {
    "tables": (
        "table_schema",
        ("table_name", "table_type", "engine", "table_collation", "create_options"),
    ),
    "columns": (
        "table_schema",
        (
            "table_name",
            "ordinal_position",
            "column_name",
            "column_type",
            "column_default",
            "is_nullable",
            "extra",
            "collation_name",
            "generation_expression",
        ),
    ),
    "statistics": (
        "table_schema",
        ("table_name", "index_name", "seq_in_index", "column_name", "non_unique", "sub_part"),
    ),
    "key_column_usage": (
        "table_schema",
        (
            "table_name",
            "constraint_name",
            "column_name",
            "referenced_table_name",
            "referenced_column_name",
        ),
    ),
    "referential_constraints": (
        "constraint_schema",
        ("table_name", "constraint_name", "update_rule", "delete_rule"),
    ),
    "check_constraints": ("constraint_schema", ("constraint_name", "check_clause")),
    "triggers": (
        "trigger_schema",
        ("trigger_name", "event_object_table", "event_manipulation", "action_statement"),
    ),
    "views": ("table_schema", ("table_name", "view_definition")),
    "routines": (
        "routine_schema",
        ("routine_name", "routine_type", "dtd_identifier", "routine_definition"),
    ),
    "events": ("event_schema", ("event_name", "event_definition", "status")),
}
_VIEWS = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'information_schema'"
)
_TRIGGERS = "SELECT 1 FROM information_schema.triggers WHERE trigger_schema = %s LIMIT 1"


def changing_statements(session: Session) -> str:
    """How many statements that change a schema the server has run, in whichever database."""
    return repr(sorted(session.execute(_COUNTED)))


def describe_schema(session: Session, name: str) -> str:
    """A digest of everything but rows in a database."""
    present = {str(view).lower() for (view,) in session.execute(_VIEWS)}
    parts = [
        f"(SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM({_row_digest(columns)}), 0))"
        f" FROM information_schema.{view}"
        f" WHERE {where} = {session.literal(name)}{_but_mark(view)})"
        for view, (where, columns) in _DESCRIBED.items()
        if view in present
    ]
    ((digest,),) = session.execute(f"SELECT CONCAT_WS(', ', {', '.join(parts)})")
    return str(digest)


def has_triggers(session: Session, name: str) -> bool:
    """Whether anything in a database acts on changed rows."""
    return bool(session.execute(_TRIGGERS, (name,)))


def _row_digest(columns: tuple[str, ...]) -> str:
    texts = ", ".join(f"QUOTE({column})" for column in columns)
    return f"CAST(CONV(LEFT(MD5(CONCAT_WS(',', {texts})), 15), 16, 10) AS UNSIGNED)"


def _but_mark(view: str) -> str:
    return f" AND routine_name <> '{MARKER}'" if view == "routines" else ""
