"""Which lines an edit takes out and puts in.

Comments directly above an item in its column belong to it, and so do deeper ones right below it;
every other comment stays. Of the blank lines around an item one group stays. A dash whose key goes
moves to the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Before, Delete, Insert, Put, Replace
from moonpool.audit.reading.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from moonpool.audit.editing.change import Address, Edit
    from moonpool.audit.reading.tree import Node

__all__ = ["RefusedError", "Splice", "at", "splice"]

_FLOW_LIST = re.compile(r"\[[^\[\]{}\"'#]*\]")
_COMMENT_BEHIND = re.compile(r"\s+#.*$")


class RefusedError(Exception):
    """The edit cannot be made with whole lines; ``line`` counts from 0."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class Splice:
    """Lines ``first`` up to, not including, ``end`` are replaced by ``lines``."""

    first: int
    end: int
    lines: tuple[str, ...] = ()


def at(tree: Node, address: Address) -> Node:
    """Return the value at an address; raises RefusedError where there is none."""
    node = tree
    for step in address:
        found: Node | None = None
        if isinstance(node, Mapping) and isinstance(step, str):
            found = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            found = node.items[step]
        if found is None:
            raise RefusedError(f"found nothing at `{_dotted(address)}`", node.line)
        node = found
    return node


def splice(tree: Node, lines: list[str], edit: Edit) -> Splice:
    """Return what an edit does to the lines; raises RefusedError."""
    if isinstance(edit, Delete):
        return _delete(tree, lines, edit.address)
    if isinstance(edit, Before):
        return _before(at(tree, edit.address[:-1]), lines, edit)
    if isinstance(edit, Put):
        return _put(at(tree, edit.address[:-1]), lines, edit)
    if isinstance(edit, Replace):
        return _replace(at(tree, edit.address), lines, edit)
    return _insert(at(tree, edit.address), lines, edit)


def _delete(tree: Node, lines: list[str], address: Address) -> Splice:
    parent, last = at(tree, address[:-1]), address[-1]
    at(tree, address)  # It has to be there.
    if isinstance(parent, Scalar):
        raise RefusedError(f"found no list or mapping at `{_dotted(address[:-1])}`", parent.line)
    if parent.flow:
        return _from_flow_list(parent, lines, last)
    if isinstance(parent, Mapping):
        entry = parent.entry(str(last))
        assert entry is not None
        if lines[entry.key.line][: entry.key.column].strip():
            return _from_dash(parent, lines)
        return _block(lines, entry.key.line, entry.value.last, entry.key.column)
    assert isinstance(last, int)
    item = parent.items[last]
    floor = parent.items[last - 1].last if last else -1
    first = _dash_line(lines, item, floor)
    return _block(lines, first, item.last, _indent(lines[first]))


def _from_dash(parent: Mapping, lines: list[str]) -> Splice:
    """Take out the first key of an item, and let the dash stand before the next one."""
    first, following = parent.entries[:2]
    dash = lines[first.key.line][: first.key.column]
    if dash.strip(" -"):
        raise RefusedError("more than a dash stands before the key", first.key.line)
    end = _block(lines, first.key.line, first.value.last, first.key.column).end
    line = following.key.line
    moved = dash + lines[line][following.key.column :]
    return Splice(first.key.line, line + 1, (*lines[end:line], moved))


def _dash_line(lines: list[str], item: Node, floor: int) -> int:
    line = item.line
    while line > floor and not lines[line].lstrip(" ").startswith("-"):
        line -= 1
    if line <= floor or lines[line].lstrip(" ").startswith("---"):
        raise RefusedError("found no dash in front of the item", item.line)
    return line


def _block(lines: list[str], first: int, last: int, column: int) -> Splice:
    while last > first and not lines[last].strip():
        last -= 1  # Blank lines at the end of a block text belong to nobody.
    while first > 0 and _is_comment(lines[first - 1], column):
        first -= 1
    end = after = last + 1
    while after < len(lines) and (not lines[after].strip() or _is_deeper(lines[after], column)):
        after += 1
        if lines[after - 1].strip():
            end = after
    return Splice(*_without_blanks(lines, first, end, column))


def _is_comment(line: str, column: int) -> bool:
    return line.startswith("#", column) and not line[:column].strip(" ")


def _is_deeper(line: str, column: int) -> bool:
    return line.lstrip(" ").startswith("#") and _indent(line) > column


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _without_blanks(lines: list[str], first: int, end: int, column: int) -> tuple[int, int]:
    after = end
    while after < len(lines) and not lines[after].strip():
        after += 1
    if after == len(lines):
        # A line of more spaces than that may be part of a block text.
        while first > 0 and len(blank := lines[first - 1].rstrip("\r\n")) <= column:
            if blank.strip():
                break
            first -= 1
        return first, after
    # At the top of a list or mapping, and behind another blank line, none is needed.
    before = lines[first - 1] if first else ""
    needless = not before.strip() or _indent(before) < column
    return (first, after) if needless else (first, end)


def _from_flow_list(parent: Mapping | Sequence, lines: list[str], last: str | int) -> Splice:
    line = lines[parent.line]
    match = _FLOW_LIST.match(line, parent.column)
    if match is None or not isinstance(last, int) or parent.line != parent.last:
        raise RefusedError("the value stands in braces or brackets", parent.line)
    words = line[match.start() + 1 : match.end() - 1].split(",")
    gone = words.pop(last)
    inner = ",".join(words)
    if last == 0:
        inner = gone[: len(gone) - len(gone.lstrip())] + inner.lstrip()
    elif last == len(words):
        inner += gone[len(gone.rstrip()) :]
    changed = f"{line[: match.start()]}[{inner}]{line[match.end() :]}"
    return Splice(parent.line, parent.line + 1, (changed,))


def _before(parent: Node, lines: list[str], edit: Before) -> Splice:
    last = edit.address[-1]
    if not isinstance(parent, Sequence) or not isinstance(last, int) or parent.flow:
        raise RefusedError(f"`{_dotted(edit.address)}` is no item of a block", parent.line)
    floor = parent.items[last - 1].last if last else -1
    first = _dash_line(lines, parent.items[last], floor)
    column = _indent(lines[first])
    while first > floor + 1 and _is_comment(lines[first - 1], column):
        first -= 1  # What is said of the next item stays with it.
    apart = last > 0 and not lines[first - 1].strip()
    texts = [f"- {edit.lines[0]}", *(f"  {text}" for text in edit.lines[1:])]
    return Splice(first, first, _indented((*texts, *([""] if apart else [])), column, lines))


def _put(parent: Node, lines: list[str], edit: Put) -> Splice:
    entry = parent.entry(str(edit.address[-1])) if isinstance(parent, Mapping) else None
    if (
        not isinstance(parent, Mapping)
        or entry is None
        or parent.flow
        or lines[entry.key.line][: entry.key.column].strip()
    ):
        raise RefusedError(f"`{_dotted(edit.address)}` is no key of a block", parent.line)
    last = entry.value.last
    while last > entry.key.line and not lines[last].strip():
        last -= 1
    indented = _indented(edit.lines, entry.key.column, lines)
    return Splice(entry.key.line, last + 1, indented)


def _indented(texts: tuple[str, ...], column: int, lines: list[str]) -> tuple[str, ...]:
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    return tuple(f"{' ' * column}{text}{ending}" if text else ending for text in texts)


def _replace(node: Node, lines: list[str], edit: Replace) -> Splice:
    if not isinstance(node, Scalar) or node.line != node.last or not node.text:
        raise RefusedError(f"`{_dotted(edit.address)}` is no text on one line", node.line)
    line = lines[node.line]
    content = line.rstrip("\r\n")
    comment = _COMMENT_BEHIND.search(content, node.column) if node.plain else None
    tail = comment[0] if comment else ""
    changed = f"{line[: node.column]}{edit.text}{tail}{line[len(content) :]}"
    return Splice(node.line, node.line + 1, (changed,))


def _insert(node: Node, lines: list[str], edit: Insert) -> Splice:
    if not isinstance(node, Mapping) or node.flow or not node.entries:
        raise RefusedError(f"`{_dotted(edit.address)}` is no block of keys", node.line)
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    before = node.entry(edit.after) if edit.after else None
    column = node.entries[0].key.column
    number = before.value.last + 1 if before else node.entries[0].key.line
    while before and number > before.key.line + 1 and not lines[number - 1].strip():
        number -= 1
    if before is None and lines[number][:column].strip():
        raise RefusedError("the first key stands behind the dash of its item", node.line)
    new = _indented(edit.lines, column, lines)
    if number == len(lines) and not lines[-1].endswith(("\n", "\r")):
        return Splice(number - 1, number, (lines[-1] + ending, *new))
    return Splice(number, number, new)


def _dotted(address: Address) -> str:
    return ".".join(map(str, address))
