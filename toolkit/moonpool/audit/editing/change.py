"""The edits that a fix consists of; an address leads from the top of a file to a value."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Address", "Before", "Change", "Delete", "Edit", "Insert", "Put", "Replace"]

Address = tuple[str | int, ...]


@dataclass(frozen=True)
class Delete:
    """Take out a key with its value, or an item of a list."""

    address: Address


@dataclass(frozen=True)
class Insert:
    """Add a key to the mapping at ``address``: ``lines`` without indentation, ``key`` first.

    It comes behind ``after``, or first where that is None or not there.
    """

    address: Address
    key: str
    lines: tuple[str, ...]
    after: str | None = None


@dataclass(frozen=True)
class Before:
    """Put an item ahead of the one at ``address``: ``lines`` without indentation and dash."""

    address: Address
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Replace:
    """Give a text that stands on one line another value."""

    address: Address
    text: str


@dataclass(frozen=True)
class Put:
    """Put another key with its value, ``lines`` without indentation, in the place of a key."""

    address: Address
    lines: tuple[str, ...]


Edit = Delete | Insert | Before | Put | Replace


@dataclass(frozen=True)
class Change:
    """The edits of one file, by its path relative to the root."""

    path: str
    edits: tuple[Edit, ...]
