"""YAML as a tree that knows where each value begins and which line is its last.

Composed by PyYAML, never constructed: `on` stays `on` and 3.10 stays `3.10`. The last line of a
block is that of its last leaf, since PyYAML's own end marks lie behind comments and blank lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from moonpool.audit.reading.source import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.reading.source import Source

__all__ = ["Entry", "Item", "Mapping", "Node", "Scalar", "Sequence", "parse", "plain"]

# libyaml is ten times faster; the wheels of PyYAML bring it, other installations may not.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# An alias stands for all that it repeats; beyond this the file is a bomb, not a workflow.
_MOST_NODES = 200_000
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, eq=False)
class Scalar:
    """A text; lines count from 0. ``plain`` is one without quotes, tag or block."""

    text: str
    plain: bool
    line: int
    column: int
    last: int
    anchored: bool = False


@dataclass(frozen=True, eq=False)
class Entry:
    """A key and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, eq=False)
class Mapping:
    """Keys and values, in the order of the file."""

    entries: tuple[Entry, ...]
    flow: bool
    line: int
    column: int
    last: int
    anchored: bool = False

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        entry = self.entry(key)
        return entry.value if entry else None

    def entry(self, key: str) -> Entry | None:
        """The key with its place and value, or None."""
        return next((entry for entry in self.entries if entry.key.text == key), None)


@dataclass(frozen=True, eq=False)
class Sequence:
    """Values in a row; ``tag`` is one of the file's own, such as `!reference`."""

    items: tuple[Node, ...]
    flow: bool
    line: int
    column: int
    last: int
    anchored: bool = False
    tag: str = ""


Node = Scalar | Mapping | Sequence
Item = dict[str, Any] | list[Any] | str | bool | None


def parse(source: Source, *, twice: bool = False) -> Node | Problem:
    """Return the one document of a file, or the first thing that is wrong with it.

    ``twice``: a key may be there twice, as GitLab lets it be; the last one counts.
    """
    try:
        composed = yaml.compose(source.text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What the file does not close is missed behind its last line.
        line = min(mark.line + 1, len(source.lines)) if mark else 1
        return Problem(source.path, max(line, 1), f"found invalid YAML: {error.problem}")
    except (yaml.YAMLError, RecursionError) as error:
        return Problem(source.path, 1, f"found invalid YAML: {' '.join(str(error).split())}")
    if composed is None:
        return Problem(source.path, 1, "found an empty file")
    try:
        return _Reader(source.path, twice=twice).read(composed)
    except _RefusedError as refused:
        return refused.problem


def plain(node: Node | None) -> Item:
    """Return what a node means: mappings, lists, true and false, nothing, and texts."""
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if node is None or not node.plain:
        return node.text if node else None
    return _WORDS.get(node.text.lower(), node.text)


class _RefusedError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Reader:
    """Turns PyYAML's nodes into ours and counts them."""

    def __init__(self, path: str, *, twice: bool) -> None:
        self._path, self._twice = path, twice
        self._seen: dict[int, int] = {}
        self._open: set[int] = set()
        self._count = 0

    def read(self, node: Any) -> Node:
        self._enter(node)
        line, column = node.start_mark.line, node.start_mark.column
        anchored = self._seen[id(node)] > 1
        if isinstance(node, yaml.ScalarNode):
            # libyaml says an empty word where PyYAML says None.
            bare = not node.style and node.tag.startswith("tag:yaml.org,2002:")
            last = _last_line(node)
            return Scalar(str(node.value), bare, line, column, last, anchored)
        self._open.add(id(node))
        flow = bool(node.flow_style)
        result: Node
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.read(item) for item in node.value)
            last = _last_line(node) if flow or not items else items[-1].last
            tag = node.tag if node.tag.startswith("!") else ""
            result = Sequence(items, flow, line, column, last, anchored, tag)
        else:
            entries = tuple(self._entries(node))
            last = _last_line(node) if flow or not entries else entries[-1].value.last
            result = Mapping(entries, flow, line, column, last, anchored)
        self._open.discard(id(node))
        return result

    def _enter(self, node: Any) -> None:
        self._count += 1
        self._seen[id(node)] = self._seen.get(id(node), 0) + 1
        if self._count > _MOST_NODES:
            raise self._refused(node, f"found more than {_MOST_NODES} values behind aliases")
        if id(node) in self._open:
            raise self._refused(node, "found an alias inside of what it stands for")

    def _entries(self, node: Any) -> Iterator[Entry]:
        keys: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._refused(key, "found a key that is no text")
            if key.value in keys and not self._twice:
                raise self._refused(key, f"found the key `{key.value}` twice")
            keys.add(key.value)
            scalar = self.read(key)
            assert isinstance(scalar, Scalar)
            yield Entry(scalar, self._value(scalar, self.read(value)))

    def _value(self, key: Scalar, value: Node) -> Node:
        if isinstance(value, Scalar) and not value.text and value.plain and value.line != key.line:
            # The mark of an absent value is the next token's.
            return Scalar("", True, key.line, key.column, key.last)
        return value

    def _refused(self, node: Any, message: str) -> _RefusedError:
        return _RefusedError(Problem(self._path, node.start_mark.line + 1, message))


def _last_line(node: Any) -> int:
    end = node.end_mark
    # A block scalar ends at the first line that is none of its own.
    ends_before = node.end_mark.column == 0 and end.line > node.start_mark.line
    return int(end.line - 1 if ends_before else end.line)
