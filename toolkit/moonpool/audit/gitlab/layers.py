"""What a job of a pipeline says once all that it takes from others is put below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.audit.reading.source import Problem
from moonpool.audit.reading.tree import Mapping, Scalar, Sequence, plain

if TYPE_CHECKING:
    from collections.abc import Sequence as Listed

    from moonpool.audit.reading.tree import Entry, Node

__all__ = ["Layers"]

# What `default`, or the top of the file, gives to a job that does not say it.
_DEFAULTS = ("image", "services", "cache", "before_script", "interruptible", "tags", "retry")
_DEEPEST = 11  # GitLab's own bound for `extends`.


class _Reference(tuple[str, ...]):
    """A `!reference`: the way to a value of another job."""

    __slots__ = ()


class Layers:
    """The entries at the top of all files, later ones over earlier ones of the same name."""

    def __init__(self, entries: Listed[tuple[str, Entry]], *, open_: bool) -> None:
        self._entries = {entry.key.text: (path, entry) for path, entry in entries}
        self._open = open_
        self._own: dict[str, Any] = {}
        self._partial: set[str] = set()
        for _, entry in entries:
            name = entry.key.text
            self._own[name] = _merged(self._own.get(name), _data(entry.value))
        self.problems: list[Problem] = []

    @property
    def names(self) -> list[str]:
        return list(self._own)

    def own(self, name: str) -> Any:
        """What an entry says itself."""
        return self._own.get(name)

    def place(self, name: str) -> tuple[str, int]:
        """The file and the line of an entry, counted from 0."""
        path, entry = self._entries[name]
        return path, entry.key.line

    def line_of(self, name: str, key: str) -> int:
        """The line of a key of an entry, or of the entry itself."""
        _, entry = self._entries[name]
        found = entry.value.entry(key) if isinstance(entry.value, Mapping) else None
        return (found or entry).key.line

    def resolved(self, name: str) -> dict[str, Any]:
        """Return a job with what it extends, the defaults and the references in their places."""
        content = self._extended(name, ())
        whole = self._referred({**self._given(content), **content}, name, 0)
        return whole if isinstance(whole, dict) else {}

    def referred(self, name: str) -> Any:
        """What an entry says itself, with the references in their places."""
        return self._referred(self._own.get(name), name, 0)

    def is_whole(self, name: str) -> bool:
        """Whether all that a job is made of was read; to be asked after it was resolved."""
        return name not in self._partial

    def _given(self, content: dict[str, Any]) -> dict[str, Any]:
        """What `default` gives to a job, as far as it inherits that."""
        top = self._own.get("default")
        default = {**self._own, **top} if isinstance(top, dict) else self._own
        inherit = content.get("inherit")
        taken = inherit.get("default", True) if isinstance(inherit, dict) else True
        names = taken if isinstance(taken, list) else _DEFAULTS if taken else ()
        return {key: default[key] for key in _DEFAULTS if key in default and key in names}

    def _extended(self, name: str, way: tuple[str, ...]) -> dict[str, Any]:
        own = self._own.get(name)
        if not isinstance(own, dict):
            return {}
        below: Any = {}
        parents = own.get("extends")
        for parent in parents if isinstance(parents, list) else [parents] if parents else []:
            if parent in (*way, name) or len(way) > _DEEPEST:
                self._tell(name, "extends", f"`{name}` extends itself, by way of `{parent}`")
            elif parent in self._own:
                below = _merged(below, self._extended(str(parent), (*way, name)))
            elif self._open:
                self._partial.add((*way, name)[0])
            elif not way:
                self._tell(name, "extends", f"`{name}` extends `{parent}`, which is not there")
        merged = _merged(below, {key: value for key, value in own.items() if key != "extends"})
        return merged if isinstance(merged, dict) else {}

    def _referred(self, value: Any, name: str, depth: int) -> Any:
        if isinstance(value, _Reference):
            found: Any = self._extended(value[0], ()) if value else None
            for step in value[1:]:
                found = found.get(step) if isinstance(found, dict) else None
            if found is None and self._open:
                self._partial.add(name)
            elif found is None:
                text = ", ".join(value)
                self._tell(name, "script", f"`!reference [{text}]` leads nowhere")
            return self._referred(found, name, depth + 1) if depth < _DEEPEST else None
        if isinstance(value, dict):
            return {key: self._referred(entry, name, depth) for key, entry in value.items()}
        if isinstance(value, list):
            return [self._referred(entry, name, depth) for entry in value]
        return value

    def _tell(self, name: str, key: str, message: str) -> None:
        path, _ = self.place(name)
        problem = Problem(path, self.line_of(name, key) + 1, message)
        if problem not in self.problems:
            self.problems.append(problem)


def _data(node: Node) -> Any:
    """What a node means, with `<<` put below the keys beside it and references kept."""
    if isinstance(node, Sequence):
        if node.tag == "!reference":
            return _Reference(item.text for item in node.items if isinstance(item, Scalar))
        return [_data(item) for item in node.items]
    if isinstance(node, Mapping):
        own = {e.key.text: _data(e.value) for e in node.entries if e.key.text != "<<"}
        below = [e.value for e in node.entries if e.key.text == "<<"]
        parts = [p for b in below for p in (b.items if isinstance(b, Sequence) else (b,))]
        result: dict[str, Any] = {}
        for part in reversed(parts):
            taken = _data(part)
            result |= taken if isinstance(taken, dict) else {}
        return {**result, **own}
    return plain(node)


def _merged(below: Any, above: Any) -> Any:
    """Put one value over another as GitLab does: mappings key by key, all else as a whole."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}
