"""Takes a family of database names for one run, so that no other live run derives the same.

A claim is an advisory lock of the owner's connection. When the plain names are taken, the project
and checkout are added to them, then the run; both are stable where they can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.names import automatic_namespaces, database_name
from moonpool.databases.postgres import holders, mark_of, owner_lives, take_lock
from moonpool.databases.state import Family
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Collection

    from moonpool.databases.connection import Connection

__all__ = ["candidates", "claim_family", "claim_note"]


def claim_family(
    connection: Connection,
    base: str,
    namespace: str | None,
    mark: Mark,
    *,
    own_pids: Collection[int] = (),
) -> Family:
    """The first free family of names; ``own_pids`` are server processes of this run's connections.

    Raises MoonpoolError when even the names of this very run are taken.
    """
    for word in candidates(namespace, mark):
        if _claim(connection, database_name(base, None, word), mark, own_pids):
            return Family(base, word)
    raise MoonpoolError(
        f"all names for test databases beside `{base}` are in use by live runs",
        hint="set `MOONPOOL_NAMESPACE` to a word of your own",
        slug="database-busy",
        exit_code=ExitCode.DATABASE,
    )


def claim_note(family: Family, namespace: str | None) -> str | None:
    """What to tell the user about names that differ from the plain ones."""
    if family.namespace == namespace:
        return None
    plain = database_name(family.base, None, namespace)
    taken = database_name(family.base, None, family.namespace)
    return f"`{plain}` is in use by another run on this server: this run's databases are `{taken}…`"


def candidates(namespace: str | None, mark: Mark) -> tuple[str | None, ...]:
    """The words to try in names, in this order: stable ones first, then what no other run has."""
    automatic = automatic_namespaces(mark.project, mark.checkout, mark.run)
    if not namespace:
        return (None, *automatic)
    return (namespace, *(f"{namespace}_{word}" for word in automatic))


def _claim(connection: Connection, stem: str, mark: Mark, own_pids: Collection[int]) -> bool:
    key = advisory_key("family", stem)
    if not take_lock(connection, key):
        # A second variable may reach the same server over another connection of this run.
        return bool(holders(connection, key) & set(own_pids))
    found = mark_of(connection, stem)
    if found is None or found.run == mark.run or not owner_lives(connection, found):
        return True
    # A worker of another run was given this very name: this is a pytest inside its test.
    connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
    return False
