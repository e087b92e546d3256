"""Our own connection to one database server, and what only that kind of server knows.

Everything that decides about names, marks and owners is written once, over this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from typing import Self

    from moonpool.databases.marks import Mark
    from moonpool.databases.recipe import Recipe
    from moonpool.databases.settings_cost import Durability
    from moonpool.databases.template_mark import Template
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Link"]


class Link(Protocol):
    """A connection in autocommit that never waits for ever; locks go with it, however it ends."""

    @property
    def url(self) -> DatabaseUrl:
        """The URL whose server it leads to."""

    @property
    def session(self) -> int:
        """The server's number for it."""

    @classmethod
    def address(cls, url: DatabaseUrl) -> Hashable:
        """What tells the servers of two URLs apart, credentials included."""

    @classmethod
    def open(cls, url: DatabaseUrl) -> Self:
        """Connect; raises MoonpoolError when the driver is missing or the server refuses."""

    def close(self) -> None:
        """Let go of the server, and of every lock."""

    def explained(self, act: str) -> AbstractContextManager[None]:
        """Turn the driver's errors into ours; ``act`` completes "cannot …"."""

    def take_lock(self, key: int) -> bool:
        """Take a lock unless another connection holds it; whether we hold it now."""

    def await_lock(self, key: int) -> None:
        """Take a lock that others hold for a moment only."""

    def release_lock(self, key: int) -> None:
        """Give one lock back; nothing when the connection is gone."""

    def holders(self, key: int) -> set[int]:
        """The sessions that hold a lock, without disturbing them."""

    def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""

    def mark_of(self, name: str) -> Mark | None:
        """The mark of a database, or None when it has none of ours or does not exist."""

    def is_whole(self, name: str) -> bool:
        """Whether a marked database holds all that it was made to hold."""

    def list_marked(self) -> Iterable[tuple[str, Mark | None, int]]:
        """Each database of ours: name, mark if it has one yet, and its owner's lock."""

    def make(self, name: str, mark: Mark, template: str | None) -> None:
        """Make a database with its mark, empty or as the template is."""

    def remove(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""

    def provide_template(
        self,
        recipe: Recipe,
        mark: Mark,
        *,
        variables: Collection[str],
        environ: Mapping[str, str],
    ) -> tuple[str, bool]:
        """A finished template and whether it was built now; in use while we are connected."""

    def list_templates(self) -> tuple[Template, ...]:
        """All templates of ours on the server, whoever's run made them."""

    def drop_unused(self, template: Template) -> bool:
        """Drop a template that nobody uses now; whether it was dropped."""

    def durability(self) -> Durability:
        """What the server's settings cost a test."""
