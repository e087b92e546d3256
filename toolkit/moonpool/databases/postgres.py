"""What a run needs of a PostgreSQL server.

A database appears under its name with its mark in one step: it is made aside, under a name that
says whose it is, then marked and renamed in one transaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases import template as templates
from moonpool.databases.connection import connect
from moonpool.databases.conninfo import connection_parameters
from moonpool.databases.failures import explained
from moonpool.databases.making import ASIDE_PREFIX, drop_database, make
from moonpool.databases.marks import Mark, parse_mark, render_mark
from moonpool.databases.settings_cost import Durability, measure_durability

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Self

    from moonpool.databases.connection import Connection
    from moonpool.databases.recipe import Recipe
    from moonpool.databases.template_mark import Template
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["PostgresLink"]

# The lock's key in hexadecimal and the making session's pid: who made it, should it be left over.
_ASIDE = re.compile(ASIDE_PREFIX + r"(?P<lock>[0-9a-f]{16})_\d+")
_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
_COMMENTS = """
    SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database
    WHERE NOT datistemplate ORDER BY datname
"""
# A 64-bit key is shown in two halves with objsubid 1 (PostgreSQL manual, view pg_locks). Looking
# disturbs nobody, while trying the lock would make it look held to whoever looks next.
_HOLDERS = """
    SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = %s AND objid::bigint = %s
"""


@dataclass(frozen=True)
class PostgresLink:
    """A connection to the database ``postgres``, where the advisory locks are."""

    url: DatabaseUrl
    connection: Connection

    @classmethod
    def address(cls, url: DatabaseUrl) -> Hashable:
        return tuple(sorted(connection_parameters(url, "").items()))

    @classmethod
    def open(cls, url: DatabaseUrl) -> Self:
        return cls(url, connect(url))

    @property
    def session(self) -> int:
        return self.connection.info.backend_pid

    def close(self) -> None:
        self.connection.close()

    def explained(self, act: str) -> AbstractContextManager[None]:
        return explained(self.url, act)

    def take_lock(self, key: int) -> bool:
        row = self.connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        return row is not None and bool(row[0])

    def await_lock(self, key: int) -> None:
        self.connection.execute("SELECT pg_advisory_lock(%s)", (key,))

    def release_lock(self, key: int) -> None:
        if not self.connection.closed:
            self.connection.execute("SELECT pg_advisory_unlock(%s)", (key,))

    def holders(self, key: int) -> set[int]:
        unsigned = key % 2**64
        rows = self.connection.execute(_HOLDERS, (unsigned >> 32, unsigned & 0xFFFFFFFF)).fetchall()
        return {int(pid) for (pid,) in rows}

    def exists(self, name: str) -> bool:
        return self.connection.execute(_COMMENT, (name,)).fetchone() is not None

    def mark_of(self, name: str) -> Mark | None:
        row = self.connection.execute(_COMMENT, (name,)).fetchone()
        return parse_mark(row[0]) if row else None

    def is_whole(self, name: str) -> bool:
        return True

    def list_marked(self) -> Iterator[tuple[str, Mark | None, int]]:
        for name, comment in self.connection.execute(_COMMENTS).fetchall():
            mark = parse_mark(comment)
            aside = _ASIDE.fullmatch(name)
            if mark is not None:
                yield name, mark, mark.lock
            elif aside is not None and comment is None:
                yield name, None, int(aside["lock"], 16)

    def make(self, name: str, mark: Mark, template: str | None) -> None:
        # template0, because template1 cannot be cloned while anybody is connected to it.
        make(self.connection, name, render_mark(mark), mark.lock, template or "template0")

    def remove(self, name: str) -> None:
        drop_database(self.connection, name)

    def provide_template(
        self,
        recipe: Recipe,
        mark: Mark,
        *,
        variables: Collection[str],
        environ: Mapping[str, str],
    ) -> tuple[str, bool]:
        return templates.provide_template(
            self.connection, self.url, recipe, mark, variables=variables, environ=environ
        )

    def list_templates(self) -> tuple[Template, ...]:
        return templates.list_templates(self.connection)

    def drop_unused(self, template: Template) -> bool:
        return templates.drop_unused(self.connection, template)

    def durability(self) -> Durability:
        return measure_durability(self.connection)
