"""What starts a workflow: events with their filters, and whether one filter lies within another.

The rules are GitHub's: naming only branches leaves tags out and the other way round, path filters
do not count for tags, and a later pattern overrules an earlier one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from moonpool.audit.reading.tree import Mapping, Scalar, Sequence, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.reading.tree import Node

__all__ = ["Trigger", "read_triggers"]

_FILTERS = (
    "branches",
    "branches-ignore",
    "tags",
    "tags-ignore",
    "paths",
    "paths-ignore",
    "types",
    "workflows",
)
_GLOB = re.compile(r"[*?+!\[\]]")


@dataclass(frozen=True)
class Trigger:
    """One event as a workflow listens to it; ``line`` counts from 0.

    ``push`` comes as two: `push` for branches and `push-tag` for tags.
    """

    event: str
    line: int
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def given(self, name: str) -> tuple[str, ...] | None:
        """The patterns of a filter, or None where it is not written."""
        return dict(self.filters).get(name)

    @property
    def only_ref(self) -> str | None:
        """The one branch that can raise the event, or None if there may be others."""
        branches = self.given("branches") or ()
        return branches[0] if len(branches) == 1 and not _GLOB.search(branches[0]) else None

    def accepts(self, ref: str) -> bool:
        """Whether a push to this branch (or of this tag) raises the event."""
        word = "tags" if self.event == "push-tag" else "branches"
        wanted, ignored = self.given(word), self.given(f"{word}-ignore")
        if ignored is not None:
            return not any(_matches(pattern, ref) for pattern in ignored)
        if wanted is None:
            return True
        accepted = False
        for pattern in wanted:
            if _matches(pattern.removeprefix("!"), ref):
                accepted = not pattern.startswith("!")
        return accepted

    def within(self, other: Trigger) -> bool:
        """Whether ``other`` is raised whenever this is; unsure means no."""
        return (
            self.event == other.event
            and self.refs_within(other)
            and self._paths_within(other)
            and self._types_within(other)
        )

    def refs_within(self, other: Trigger) -> bool:
        """Whether ``other`` listens to all branches, or tags, that this listens to."""
        word = "tags" if self.event == "push-tag" else "branches"
        if other.given(word) is None and other.given(f"{word}-ignore") is None:
            return True
        if self._same(other, word) and self._same(other, f"{word}-ignore"):
            return True
        patterns = self.given(word)
        if not patterns or any(pattern.startswith("!") for pattern in patterns):
            return False
        return all(self._pattern_within(pattern, other, word) for pattern in patterns)

    def _pattern_within(self, pattern: str, other: Trigger, word: str) -> bool:
        if not _GLOB.search(pattern):
            return other.accepts(pattern)
        wanted = other.given(word) or ()
        if any(entry.startswith("!") for entry in wanted):
            return False
        return pattern in wanted or "**" in wanted or ("*" in wanted and "/" not in pattern)

    def _paths_within(self, other: Trigger) -> bool:
        wanted, ignored = other.given("paths"), other.given("paths-ignore")
        if ignored is not None:
            # A file that is not left out here is not left out there either.
            return set(ignored) <= set(self.given("paths-ignore") or ())
        if wanted is None or self._same(other, "paths"):
            return True
        mine = self.given("paths") or ()
        negated = any(pattern.startswith("!") for pattern in (*mine, *wanted))
        return bool(mine) and not negated and set(mine) <= set(wanted)

    def _types_within(self, other: Trigger) -> bool:
        mine, others = self._types(), other._types()
        return others is None or (mine is not None and mine <= others)

    def _types(self) -> frozenset[str] | None:
        if types := self.given("types"):
            return frozenset(types)
        if self.event in ("pull_request", "pull_request_target"):
            return frozenset({"opened", "synchronize", "reopened"})
        return None

    def _same(self, other: Trigger, name: str) -> bool:
        mine, others = self.given(name), other.given(name)
        return mine == others or (mine is not None and set(mine) == set(others or ()))


def read_triggers(node: Node | None) -> tuple[Trigger, ...]:
    """Return the events of an `on:`, in the order of the file."""
    return tuple(_triggers(node)) if node is not None else ()


def _triggers(node: Node) -> Iterator[Trigger]:
    if isinstance(node, Scalar):
        yield from _events(node, {})
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar):
                yield from _events(item, {})
    else:
        for entry in node.entries:
            yield from _events(entry.key, _filters(entry.value))


def _events(key: Scalar, filters: dict[str, tuple[str, ...]]) -> Iterator[Trigger]:
    written = tuple(filters.items())
    if key.text != "push":
        yield Trigger(key.text, key.line, written)
        return
    branches = filters.keys() & {"branches", "branches-ignore"}
    tags = filters.keys() & {"tags", "tags-ignore"}
    if branches or not tags:
        yield Trigger("push", key.line, tuple(f for f in written if f[0] not in tags))
    if tags or not branches:
        kept = tuple(f for f in written if f[0] in tags)
        yield Trigger("push-tag", key.line, kept)


def _filters(node: Node) -> dict[str, tuple[str, ...]]:
    if not isinstance(node, Mapping):
        return {}
    found = ((name, plain(node.get(name))) for name in _FILTERS if node.get(name) is not None)
    return {
        name: tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)
        for name, value in found
    }


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    pieces = {"**": ".*", "*": "[^/]*"}
    words = re.split(r"(\*\*|\*|[?+]|\[[^]]*\])", pattern)
    body = "".join(
        pieces.get(word, word if word in "?+" or word.startswith("[") else re.escape(word))
        for word in words
        if word
    )
    try:
        return re.compile(body)
    except re.error:
        return re.compile(re.escape(pattern))


def _matches(pattern: str, ref: str) -> bool:
    return _expression(pattern).fullmatch(ref) is not None
