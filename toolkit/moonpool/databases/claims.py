"""Takes a family of database names for one run, so that no other live run derives the same.

A claim is an advisory lock of the owner's connection. When the plain names are taken, the project
and checkout are added to them, then the run; both are stable where they can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.databases.lifecycle import owner_lives
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.names import automatic_namespaces, database_name
from moonpool.databases.state import Family
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Collection

    from moonpool.databases.link import Link

__all__ = ["candidates", "claim_family", "claim_note"]


def claim_family(
    link: Link,
    base: str,
    namespace: str | None,
    mark: Mark,
    *,
    own_sessions: Collection[int] = (),
) -> Family:
    """The first free family of names; ``own_sessions`` are this run's other connections.

    Raises MoonpoolError when even the names of this very run are taken.
    """
    for word in candidates(namespace, mark):
        if _claim(link, database_name(base, None, word, link.url.dialect), mark, own_sessions):
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


def _claim(link: Link, stem: str, mark: Mark, own_sessions: Collection[int]) -> bool:
    key = advisory_key("family", stem)
    if not link.take_lock(key):
        # A second variable may reach the same server over another connection of this run.
        return bool(link.holders(key) & set(own_sessions))
    found = link.mark_of(stem)
    if found is None or found.run == mark.run or not owner_lives(link, found):
        return True
    # A worker of another run was given this very name: this is a pytest inside its test.
    link.release_lock(key)
    return False
