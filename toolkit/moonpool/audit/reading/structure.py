"""What GitHub refuses although the YAML is valid: unknown keys, wrong kinds, missing parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.reading.keys import CALL_KEYS, EVENTS, JOB_KEYS, STEP_KEYS, TOP_KEYS
from moonpool.audit.reading.source import Problem
from moonpool.audit.reading.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.reading.tree import Node

__all__ = ["structure_problems"]

# GitHub asks for letters, digits, `-` and `_`, the first of them a letter or `_`.
_FIRST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_REST = _FIRST | frozenset("0123456789-")


def structure_problems(path: str, tree: Mapping) -> Iterator[Problem]:
    """Yield what is wrong with the structure of a workflow, in the order of the file."""
    yield from _unknown(path, tree, TOP_KEYS, "a workflow")
    yield from _on(path, tree)
    jobs = tree.get("jobs")
    if not isinstance(jobs, Mapping) or not jobs.entries:
        yield Problem(path, (jobs or tree).line + 1, "found no jobs, expected a mapping `jobs:`")
        return
    for entry in jobs.entries:
        yield from _job(path, entry.key, entry.value)


def _on(path: str, tree: Mapping) -> Iterator[Problem]:
    node = tree.get("on")
    if node is None or (isinstance(node, Scalar) and not node.text):
        yield Problem(path, tree.line + 1, "found no trigger, expected `on:` with an event")
        return
    for scalar in _events(node):
        if scalar.text not in EVENTS:
            yield Problem(path, scalar.line + 1, f"found the unknown event `{scalar.text}`")
    for entry in node.entries if isinstance(node, Mapping) else ():
        yield from _filters(path, entry.key.text, entry.value)


def _filters(path: str, event: str, node: Node) -> Iterator[Problem]:
    for word in ("branches", "tags", "paths") if isinstance(node, Mapping) else ():
        assert isinstance(node, Mapping)
        twin = node.entry(f"{word}-ignore")
        if node.get(word) is not None and twin is not None:
            message = f"found `{word}` and `{word}-ignore` for `{event}`, expected one of them"
            yield Problem(path, twin.key.line + 1, message)


def _events(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Mapping):
        return [entry.key for entry in node.entries]
    return [item for item in node.items if isinstance(item, Scalar)]


def _job(path: str, key: Scalar, node: Node) -> Iterator[Problem]:
    named = f"the job `{key.text}`"
    if not _valid_id(key.text):
        yield Problem(path, key.line + 1, f"found {named}, expected letters, digits, `-` and `_`")
    if not isinstance(node, Mapping):
        yield Problem(path, key.line + 1, f"found no mapping as {named}")
        return
    if node.get("uses") is not None:
        yield from _unknown(path, node, CALL_KEYS, f"{named}, which calls a workflow")
        return
    yield from _unknown(path, node, JOB_KEYS, named)
    if node.get("runs-on") is None:
        yield Problem(path, key.line + 1, f"found neither `runs-on` nor `uses` in {named}")
    steps = node.get("steps")
    if not isinstance(steps, Sequence) or not steps.items:
        line = (steps or key).line + 1
        yield Problem(path, line, f"found no steps in {named}, expected a list")
        return
    yield from _steps(path, named, steps)


def _steps(path: str, named: str, steps: Sequence) -> Iterator[Problem]:
    ids: set[str] = set()
    for number, step in enumerate(steps.items, 1):
        where = f"step {number} of {named}"
        if not isinstance(step, Mapping):
            yield Problem(path, step.line + 1, f"found no mapping as {where}")
            continue
        yield from _unknown(path, step, STEP_KEYS, where)
        given = [word for word in ("uses", "run") if step.get(word) is not None]
        if len(given) != 1:
            found = "both `uses` and `run`" if given else "neither `uses` nor `run`"
            yield Problem(path, step.line + 1, f"found {found} in {where}, expected one of them")
        name = step.get("id")
        if isinstance(name, Scalar):
            if name.text.lower() in ids:
                yield Problem(path, name.line + 1, f"found the id `{name.text}` twice in {named}")
            elif not _valid_id(name.text):
                yield Problem(path, name.line + 1, f"found the id `{name.text}` in {where}")
            ids.add(name.text.lower())


def _unknown(path: str, node: Mapping, known: frozenset[str], where: str) -> Iterator[Problem]:
    for entry in node.entries:
        if entry.key.text not in known:
            message = f"found the unknown key `{entry.key.text}` in {where}"
            yield Problem(path, entry.key.line + 1, message)


def _valid_id(text: str) -> bool:
    return bool(text) and text[0] in _FIRST and set(text) <= _REST
