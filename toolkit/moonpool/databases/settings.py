"""What a project asks of this room, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DatabaseSettings"]


@dataclass(frozen=True)
class DatabaseSettings:
    """The variables that hold database URLs, and what to do when they are not set.

    ``default`` is the URL whose dialect and database name are used with an ephemeral server when
    the environment names none. ``confirmed`` says that databases may be made on a server that
    looks like production.
    """

    urls: tuple[str, ...] = ()
    default: str | None = None
    confirmed: bool = False
