"""The role that a default URL names, on a server of our own, which lets in whoever reaches it."""

from __future__ import annotations

import contextlib
from contextlib import closing
from typing import TYPE_CHECKING

from moonpool.databases.connection import connect
from moonpool.databases.failures import explained
from moonpool.databases.server import SUPERUSER

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["ensure_role"]


def ensure_role(server: DatabaseUrl, user: str) -> None:
    """Make a superuser of this name unless there is one; ``server`` is reached as our own."""
    if user in ("", SUPERUSER):
        return
    with closing(connect(server)) as connection, explained(server, f"make the role `{user}` on"):
        from psycopg.errors import DuplicateObject, UniqueViolation
        from psycopg.sql import SQL, Identifier

        # Another run may make it at the same time.
        with contextlib.suppress(DuplicateObject, UniqueViolation):
            connection.execute(SQL("CREATE ROLE {} SUPERUSER LOGIN").format(Identifier(user)))
