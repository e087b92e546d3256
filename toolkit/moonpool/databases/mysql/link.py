"""What a run needs of a MySQL or MariaDB server.

Locks are the server's named ones (`GET_LOCK`), which go with their connection.
"""

from __future__ import annotations

import zlib
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.marks import Mark, parse_mark, render_mark
from moonpool.databases.mysql import locks, marking
from moonpool.databases.mysql import template as templates
from moonpool.databases.mysql.connection import Session, connect
from moonpool.databases.mysql.copying import copy_database
from moonpool.databases.mysql.failures import explained
from moonpool.databases.mysql.options import connection_options
from moonpool.databases.mysql.removal import remove_database
from moonpool.databases.mysql.settings_cost import read_durability
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Self

    from moonpool.databases.recipe import Recipe
    from moonpool.databases.settings_cost import Durability
    from moonpool.databases.template_mark import Template
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["MysqlLink"]

_LOCK_SECONDS = 30
# Sessions are numbered from 1 on each server, so that the numbers of two servers meet soon.
_SERVER = "SELECT CONCAT(@@hostname, ':', @@port, ':', @@datadir)"


@dataclass(frozen=True)
class MysqlLink:
    """A connection that leads to no database."""

    url: DatabaseUrl
    connection: Session
    _server: int

    @classmethod
    def address(cls, url: DatabaseUrl) -> Hashable:
        return tuple(sorted(connection_options(url).items()))

    @classmethod
    def open(cls, url: DatabaseUrl) -> Self:
        connection = connect(url)
        with explained(url, "connect to"):
            ((server,),) = connection.execute(_SERVER)
        return cls(url, connection, zlib.crc32(str(server).encode()) << 32)

    @property
    def session(self) -> int:
        return self._server | self.connection.number

    def close(self) -> None:
        self.connection.close()

    def explained(self, act: str) -> AbstractContextManager[None]:
        return explained(self.url, act)

    def take_lock(self, key: int) -> bool:
        return locks.take(self.connection, key)

    def await_lock(self, key: int) -> None:
        if not locks.take(self.connection, key, _LOCK_SECONDS):
            raise MoonpoolError(
                f"a lock on `{self.url.masked}` was not free within {_LOCK_SECONDS} s",
                hint="run it again when the server is less busy",
                slug="database-busy",
                exit_code=ExitCode.DATABASE,
            )

    def release_lock(self, key: int) -> None:
        locks.release(self.connection, key)

    def holders(self, key: int) -> set[int]:
        number = locks.holder(self.connection, key)
        return set() if number is None else {self._server | number}

    def exists(self, name: str) -> bool:
        return marking.exists(self.connection, name)

    def mark_of(self, name: str) -> Mark | None:
        return parse_mark(marking.comment_of(self.connection, name))

    def is_whole(self, name: str) -> bool:
        comment = marking.comment_of(self.connection, name)
        return comment is not None and marking.is_finished(comment)

    def list_marked(self) -> Iterator[tuple[str, Mark | None, int]]:
        for name, comment in marking.comments(self.connection):
            mark = parse_mark(comment)
            if mark is not None:
                yield name, mark, mark.lock

    def make(self, name: str, mark: Mark, template: str | None) -> None:
        comment = render_mark(mark)
        if template is None:
            marking.make_marked(self.connection, name, comment, self.url.name)
            return
        marking.make_marked(self.connection, name, marking.unfinished(comment), template)
        with closing(connect(self.url)) as session:
            copy_database(session, template, name)
        marking.set_comment(self.connection, name, comment)

    def remove(self, name: str) -> None:
        remove_database(self.connection, name)

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
        return read_durability(self.connection)
