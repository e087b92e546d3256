"""What a project asks of this room, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moonpool.databases.recipe import Recipe

__all__ = ["DatabaseSettings"]


@dataclass(frozen=True)
class DatabaseSettings:
    """The variables that hold database URLs, and what to do when they are not set.

    ``default`` is the URL whose dialect and database name are used with an ephemeral server when
    the environment names none. ``confirmed`` says that databases may be made on a server that
    looks like production. ``recipe`` makes the template of all databases; ``clean`` is the way to
    a clean state after each test, None for none.
    """

    urls: tuple[str, ...] = ()
    default: str | None = None
    confirmed: bool = False
    recipe: Recipe | None = None
    clean: str | None = None
    framework: bool = False
    """Whether a framework makes and names its workers' databases itself, as pytest-django does."""

    @property
    def fills(self) -> bool:
        """Whether we write into databases, which then have to be of our own making throughout."""
        return self.recipe is not None or self.clean is not None
