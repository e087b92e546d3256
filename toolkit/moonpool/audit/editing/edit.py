"""Makes edits and proves them: the result is parsed again and has to mean what was intended.

Nothing is dumped. Where the proof fails, the edit is refused and the file stays as it is.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from moonpool.audit.editing.change import Before, Delete, Insert, Put
from moonpool.audit.editing.splice import RefusedError, at, splice
from moonpool.audit.reading.source import Problem, Source
from moonpool.audit.reading.tree import Mapping, parse, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.editing.change import Address, Edit
    from moonpool.audit.reading.tree import Item, Node

__all__ = ["edited"]


def edited(source: Source, edits: Sequence[Edit]) -> Source:
    """Return the file with all edits made; raises RefusedError if one of them cannot be.

    Addresses are those of the file as it is now, for all edits alike. What would leave an empty
    mapping or list takes that away with it, up to the job.
    """
    tree = _parsed(source)
    gone = _climbed(tree, {edit.address for edit in edits if isinstance(edit, Delete)})
    others = [edit for edit in edits if not isinstance(edit, Delete)]
    wanted = _needed([*map(Delete, gone), *others])
    for edit in sorted(wanted, key=lambda e: _line(tree, e), reverse=True):
        source = _one(source, edit)
    return source


def _climbed(tree: Node, addresses: set[Address]) -> set[Address]:
    """Put a mapping or list in the place of its members where all of them go."""
    gone = set(addresses)
    waiting = list(addresses)
    while waiting:
        address = waiting.pop()
        parent = address[:-1]
        if not parent or address not in gone:
            continue
        node = at(tree, parent)
        members = node.entries if isinstance(node, Mapping) else getattr(node, "items", ())
        siblings = {entry for entry in gone if entry[:-1] == parent}
        # A job without steps is none, and a workflow without jobs neither.
        if len(siblings) == len(members) or address[-1] == "steps":
            gone = (gone - siblings) | {parent}
            waiting.append(parent)
    return gone


def _needed(edits: Sequence[Edit]) -> list[Edit]:
    """Leave out what is said twice, and what lies inside of something that goes anyway."""
    unique = list(dict.fromkeys(edits))
    gone = {edit.address for edit in unique if isinstance(edit, Delete)}
    return [
        edit
        for edit in unique
        if not any(edit.address[:depth] in gone for depth in range(1, len(edit.address)))
        and not (not isinstance(edit, Delete) and edit.address in gone)
    ]


def _line(tree: Node, edit: Edit) -> tuple[int, tuple[str, ...]]:
    order = tuple(f"{step:08}" if isinstance(step, int) else step for step in edit.address)
    if isinstance(edit, Insert):
        node = at(tree, edit.address)
        entry = node.entry(edit.after) if edit.after and hasattr(node, "entry") else None
        return (entry.value.last if entry else node.line), order
    return at(tree, edit.address).line, order


def _one(source: Source, edit: Edit) -> Source:
    tree = _parsed(source)
    lines = source.lines
    cut = splice(tree, lines, edit)
    text = "".join((*lines[: cut.first], *cut.lines, *lines[cut.end :]))
    if cut.lines and cut.end == len(lines) and not source.text.endswith(("\n", "\r")):
        text = text.rstrip("\r\n")  # The file had no last line ending, and gets none.
    result = Source(source.path, text, source.bom)
    again = parse(result)
    if isinstance(again, Problem):
        raise RefusedError(f"the rest would not be valid ({again.message})", cut.first)
    if plain(again) != _intended(plain(tree), edit):
        raise RefusedError("the rest would mean something else", cut.first)
    return result


def _parsed(source: Source) -> Node:
    tree = parse(source)
    if isinstance(tree, Problem):
        raise RefusedError(tree.message, tree.line - 1)
    return tree


def _intended(data: Item, edit: Edit) -> Item:
    """Return the plain data with an edit made to it."""
    wanted = copy.deepcopy(data)
    if isinstance(edit, Delete):
        del _container(wanted, edit.address[:-1])[edit.address[-1]]
    elif isinstance(edit, Insert):
        _container(wanted, edit.address).update(_meant(edit.lines))
    elif isinstance(edit, Before):
        _container(wanted, edit.address[:-1]).insert(edit.address[-1], _meant(edit.lines))
    elif isinstance(edit, Put):
        del _container(wanted, edit.address[:-1])[edit.address[-1]]
        _container(wanted, edit.address[:-1]).update(_meant(edit.lines))
    else:
        _container(wanted, edit.address[:-1])[edit.address[-1]] = _meant((edit.text,))
    return wanted


def _meant(lines: Sequence[str]) -> Any:
    found = parse(Source("", "\n".join(lines) + "\n"))
    assert not isinstance(found, Problem)
    return plain(found)


def _container(data: Any, address: Address) -> Any:
    for step in address:
        data = data[step]
    return data
