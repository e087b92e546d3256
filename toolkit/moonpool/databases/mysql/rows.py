"""Brings one database back to the rows it held, whoever wrote the others and how.

Works over our own synchronous connection, never through the user's engine: an engine may belong to
an event loop that is gone. Copies of rows are temporary tables, which only we see.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from moonpool.databases.dirty import Cleaned
from moonpool.databases.mysql import contents
from moonpool.databases.mysql.blockers import IMPATIENT, past_blockers
from moonpool.databases.mysql.connection import Session, connect, quoted
from moonpool.databases.mysql.failures import code_of, explained
from moonpool.databases.mysql.schema import changing_statements, describe_schema, has_triggers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from moonpool.databases.mysql.contents import State, Table
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Rows"]

_LENIENT = (
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0"
)
# MySQL 8 shows automatic numbers of up to a day ago otherwise.
_FRESH = "SET SESSION information_schema_stats_expiry = 0"
_UNKNOWN_VARIABLE = 1193
# MariaDB keeps the history of such a table's rows, so it truncates and renumbers none.
_VERSIONED = 4137
# The user's triggers may write anew while rows are put back.
_PASSES = 3


@dataclass(frozen=True)
class Kept:
    """Rows of one table that are to stay, and where their copy is."""

    table: Table
    state: State
    copy: str


class Rows:
    """One database's rows as they were when `keep` was called last."""

    def __init__(self, url: DatabaseUrl, session: Session) -> None:
        self._url = url
        self._session = session
        self._copies = 0
        self._tables: dict[str, Table] = {}
        self._kept: dict[str, Kept] = {}
        self._numbers: dict[str, int] = {}
        self._values: dict[str, int] = {}
        self._triggers = False
        self._schema = self._statements = ""

    @classmethod
    def watch(cls, url: DatabaseUrl) -> Self:
        """Connect to the database of a URL; raises MoonpoolError when the server refuses."""
        session = connect(url, url.name)
        with explained(url, "watch the rows of"):
            session.execute(f"{_LENIENT}; {IMPATIENT}")
            _unless(_UNKNOWN_VARIABLE, session, _FRESH)
        return cls(url, session)

    def keep(self) -> tuple[str, ...]:
        """Take the rows and numbers of this moment for the clean state; who was in the way."""
        with explained(self._url, "remember the rows of"):
            return past_blockers(self._session, self._url.name, self._keep)

    def reset(self) -> Cleaned:
        """Delete what was written since, restore what was changed, and set numbers back.

        Raises MoonpoolError when the server refuses; whoever was in the way has been ended then.
        """
        cleaned: dict[str, None] = {}
        with explained(self._url, "clean the rows of"):
            changed = self._schema_changed()
            if changed:
                self._look_again()
            notes = past_blockers(self._session, self._url.name, partial(self._reset, cleaned))
        return Cleaned(tuple(cleaned), changed, notes)

    def close(self) -> None:
        """Let go of the database."""
        self._session.close()

    def _keep(self) -> None:
        session, name = self._session, self._url.name
        self._tables = contents.list_tables(session, name)
        holding = contents.non_empty(session, self._tables.values())
        states = contents.count_rows(session, holding)
        before, self._kept = self._kept, {}
        for table, state in zip(holding, states, strict=True):
            known = before.get(table.name)
            if known is None or (known.table, known.state) != (table, state):
                known = Kept(table, state, self._copy(table))
            self._kept[table.name] = known
        self._numbers = contents.next_numbers(session, name)
        self._values = contents.next_values(session, contents.list_sequences(session, name))
        self._triggers = has_triggers(session, name)
        self._statements = changing_statements(session)
        self._schema = describe_schema(session, name)

    def _copy(self, table: Table) -> str:
        self._copies += 1
        copy = f"moonpool_copy_{self._copies}"
        self._session.execute(
            f"CREATE TEMPORARY TABLE {copy} AS SELECT {table.listed} FROM {quoted(table.name)}"
        )
        return copy

    def _schema_changed(self) -> bool:
        statements = changing_statements(self._session)
        if statements == self._statements:
            return False
        self._statements = statements
        return describe_schema(self._session, self._url.name) != self._schema

    def _look_again(self) -> None:
        """Follow a changed schema: rows of tables that are not what they were stay as they are."""
        tables = contents.list_tables(self._session, self._url.name)
        kept = {name: each for name, each in self._kept.items() if name in tables}
        altered = {name for name, each in kept.items() if each.table != tables[name]}
        self._tables = {name: each for name, each in tables.items() if name not in altered}
        self._kept = {name: each for name, each in kept.items() if name not in altered}
        self._values = {}

    def _reset(self, cleaned: dict[str, None]) -> None:
        for _ in range(_PASSES if self._triggers else 1):
            moved, written = self._moved(), self._written()
            # Numbers go back and triggers stay silent only where a table is made empty as a whole.
            anew = {each.name: each for each in written if self._triggers or each.name in moved}
            anew.update((name, self._tables[name]) for name in sorted(moved))
            for table in anew.values():
                self._put_back_anew(table)
            self._put_back([each for each in written if each.name not in anew])
            cleaned.update(dict.fromkeys((*anew, *(each.name for each in written))))
            if not (anew or written):
                break
        self._set_values_back()

    def _moved(self) -> set[str]:
        """Tables whose next row would get another number than it should."""
        numbers = contents.next_numbers(self._session, self._url.name)
        return {name for name in self._tables if numbers.get(name, 1) != self._numbers.get(name, 1)}

    def _written(self) -> list[Table]:
        """Tables with other rows than they should have; those that should have any come first."""
        kept = list(self._kept.values())
        states = contents.count_rows(self._session, [each.table for each in kept])
        changed = [
            each.table for each, state in zip(kept, states, strict=True) if each.state != state
        ]
        others = [table for name, table in self._tables.items() if name not in self._kept]
        return [*changed, *contents.non_empty(self._session, others)]

    def _put_back(self, tables: Sequence[Table]) -> None:
        """Let the tables hold what they should, in one transaction."""
        steps = [step for table in tables for step in (_emptied(table), *self._filled(table))]
        if steps:
            self._session.execute("; ".join(["START TRANSACTION", *steps, "COMMIT"]))

    def _put_back_anew(self, table: Table) -> None:
        """The same for one table and its numbers, without calling a trigger for what goes."""
        if _unless(_VERSIONED, self._session, f"TRUNCATE {quoted(table.name)}"):
            self._put_back([table])
            return
        for step in self._filled(table):
            self._session.execute(step)
        number = self._numbers.get(table.name, 1)
        if contents.next_number(self._session, self._url.name, table.name) != number:
            self._session.execute(f"ALTER TABLE {quoted(table.name)} AUTO_INCREMENT = {number}")

    def _filled(self, table: Table) -> list[str]:
        kept = self._kept.get(table.name)
        if kept is None:
            return []
        columns = table.listed
        return [f"INSERT INTO {quoted(table.name)} ({columns}) SELECT {columns} FROM {kept.copy}"]

    def _set_values_back(self) -> None:
        values = contents.next_values(self._session, self._values)
        for name, value in self._values.items():
            if values[name] != value:
                self._session.execute(f"ALTER SEQUENCE {quoted(name)} RESTART {value}")


def _emptied(table: Table) -> str:
    return f"DELETE FROM {quoted(table.name)}"


def _unless(code: int, session: Session, statement: str) -> bool:
    """Run a statement that servers may refuse by one error; whether this one did."""
    import pymysql

    try:
        session.execute(statement)
    except pymysql.Error as error:
        if code_of(error) != code:
            raise
        return True
    return False
