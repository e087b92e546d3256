"""What the tables of a database hold, told exactly and at once, whoever wrote it.

The servers' own statistics are no help: they lag, count in whole seconds, are switched off, or are
for administrators. So every table is asked whether it is empty, and those that are to hold rows for
the digests of these; uncommitted rows count, for they may be committed yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.mysql.connection import quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    from moonpool.databases.mysql.connection import Session

__all__ = [
    "State",
    "Table",
    "count_rows",
    "list_sequences",
    "list_tables",
    "next_number",
    "next_numbers",
    "next_values",
    "non_empty",
]

_UNCOMMITTED = "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; "
_COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = %s AND COALESCE(c.generation_expression, '') = ''
      AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
    ORDER BY c.table_name, c.ordinal_position
"""
_NUMBERS = """
    SELECT table_name, auto_increment FROM information_schema.tables
    WHERE table_schema = %s AND auto_increment IS NOT NULL
"""
_SEQUENCES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = %s AND table_type = 'SEQUENCE'
"""
_SPATIAL = frozenset(
    (
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
        "geomcollection",
    )
)


@dataclass(frozen=True)
class Table:
    """A table's columns that hold values of their own, with their types."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def listed(self) -> str:
        """The columns' names for a statement."""
        return ", ".join(quoted(column) for column, _ in self.columns)


@dataclass(frozen=True)
class State:
    """How many rows a table holds, and the sum of their digests: the same for the same rows."""

    row_count: int
    digests: int


def list_tables(session: Session, name: str) -> dict[str, Table]:
    """The tables of a database, by name; neither views nor sequences."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in session.execute(_COLUMNS, (name,)):
        found.setdefault(str(table), []).append((str(column), str(kind).lower()))
    return {table: Table(table, tuple(columns)) for table, columns in found.items()}


def non_empty(session: Session, tables: Collection[Table]) -> list[Table]:
    """Those of the tables that hold any row."""
    if not tables:
        return []
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {quoted(table.name)})" for table in tables)
    (row,) = session.execute(f"{_UNCOMMITTED}SELECT {asked}")
    return [table for table, holds in zip(tables, row, strict=True) if holds]


def count_rows(session: Session, tables: Collection[Table]) -> list[State]:
    """The state of each table."""
    if not tables:
        return []
    asked = " UNION ALL ".join(
        f"SELECT {number}, COUNT(*), COALESCE(SUM({_row_digest(table)}), 0)"
        f" FROM {quoted(table.name)}"
        for number, table in enumerate(tables)
    )
    rows = session.execute(f"{_UNCOMMITTED}{asked}")
    return [State(int(count), int(digests)) for _, count, digests in sorted(rows)]


def next_numbers(session: Session, name: str) -> dict[str, int]:
    """The number that each table with automatic numbers gives to its next row."""
    return {str(table): int(number) for table, number in session.execute(_NUMBERS, (name,))}


def next_number(session: Session, name: str, table: str) -> int:
    """That of one table; 1 for one without automatic numbers."""
    rows = session.execute(f"{_NUMBERS} AND table_name = %s", (name, table))
    return int(rows[0][1]) if rows else 1


def list_sequences(session: Session, name: str) -> list[str]:
    """The names of MariaDB's sequences in a database."""
    return [str(sequence) for (sequence,) in session.execute(_SEQUENCES, (name,))]


def next_values(session: Session, sequences: Collection[str]) -> dict[str, int]:
    """The next value of each sequence that the server has not set aside yet."""
    return {
        name: int(session.execute(f"SELECT next_not_cached_value FROM {quoted(name)}")[0][0])
        for name in sequences
    }


def _row_digest(table: Table) -> str:
    """A number of 60 bits for a row; values are quoted, so that no two rows read the same."""
    texts = ", ".join(
        f"QUOTE(HEX({quoted(column)}))"
        if kind in _SPATIAL
        else f"QUOTE(CAST({quoted(column)} AS BINARY))"
        for column, kind in table.columns
    )
    return f"CAST(CONV(LEFT(MD5(CONCAT_WS(',', {texts})), 15), 16, 10) AS UNSIGNED)"
