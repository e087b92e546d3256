"""Targets of a Makefile, with what they depend on; and recipes of a justfile."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moonpool.audit.commands.runners.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.commands.runners.task import Files

__all__ = ["expand_just", "expand_make"]

_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_JUSTFILES = ("justfile", "Justfile", ".justfile")
_RULE = re.compile(r"([\w./%$(){} -]+?)\s*::?(?!=)\s*([^=#]*)(?:#.*)?")
_RECIPE = re.compile(r"@?([A-Za-z_][\w-]*)((?:\s+[^:=]+)?)\s*:(?!=)\s*([^#]*)(?:#.*)?")
_VARIABLE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*(?::=|::=|\?=|=)\s*(.*)")
_REFERENCE = re.compile(r"\$[({](\w+)[)}]")
_JUST_REFERENCE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass
class _Target:
    needs: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def expand_make(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    """Return the recipes that `make a b` runs, dependencies first."""
    if words[0] not in ("make", "gmake"):
        return None
    names, given, folder = _arguments(words[1:], folder)
    text = _first(files, folder, _MAKEFILES)
    if text is None:
        return None
    targets, variables = _makefile(text)
    if not names:
        names = [next((name for name in targets if not name.startswith(".")), "")]
    known = {"MAKE": words[0], **variables, **given}
    return _tasks("make", names, targets, known, _REFERENCE, folder)


def expand_just(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    """Return the recipes that `just a` runs, dependencies first."""
    if words[0] != "just":
        return None
    text = _first(files, folder, _JUSTFILES)
    if text is None:
        return None
    targets, variables = _justfile(text)
    names = [word for word in words[1:] if not word.startswith("-")][:1]
    return _tasks("just", names or list(targets)[:1], targets, variables, _JUST_REFERENCE, folder)


def _arguments(words: Sequence[str], folder: str) -> tuple[list[str], dict[str, str], str]:
    names: list[str] = []
    given: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "-C" and left:
            folder = posixpath.normpath(posixpath.join(folder, left.pop(0)))
        elif "=" in word and not word.startswith("-"):
            name, _, value = word.partition("=")
            given[name] = value
        elif not word.startswith("-"):
            names.append(word)
    return names, given, folder


def _first(files: Files, folder: str, names: Sequence[str]) -> str | None:
    texts = (files.text(posixpath.normpath(posixpath.join(folder, name))) for name in names)
    return next((text for text in texts if text is not None), None)


def _makefile(text: str) -> tuple[dict[str, _Target], dict[str, str]]:
    targets: dict[str, _Target] = {}
    variables: dict[str, str] = {}
    current: list[_Target] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("\t"):
            for target in current:
                target.lines.append(line[1:])
        elif match := _VARIABLE.fullmatch(line):
            variables.setdefault(match[1], match[2].partition("#")[0].strip())
        elif match := _RULE.fullmatch(line):
            current = [targets.setdefault(name, _Target()) for name in match[1].split()]
            recipe = match[2].partition(";")
            for target in current:
                target.needs += recipe[0].replace("|", " ").split()
                target.lines += [recipe[2].strip()] if recipe[2].strip() else []
    return targets, variables


def _justfile(text: str) -> tuple[dict[str, _Target], dict[str, str]]:
    targets: dict[str, _Target] = {}
    variables: dict[str, str] = {}
    current: _Target | None = None
    for line in text.replace("\\\n", " ").splitlines():
        if line[:1] in (" ", "\t"):
            if current is not None:
                current.lines.append(line.strip())
        elif match := re.fullmatch(r"([A-Za-z_]\w*)\s*:=\s*['\"]?(.*?)['\"]?", line):
            variables[match[1]] = match[2]
        elif match := _RECIPE.fullmatch(line):
            needs = [word.strip("()") for word in match[3].replace("&&", " ").split()]
            current = targets.setdefault(match[1], _Target(needs))
    return targets, variables


def _tasks(
    program: str,
    names: Sequence[str],
    targets: dict[str, _Target],
    variables: dict[str, str],
    reference: re.Pattern[str],
    folder: str,
) -> list[Task] | None:
    if not names or any(name not in targets for name in names):
        return None
    seen: set[str] = set()
    ordered = [entry for name in names for entry in _closure(name, targets, seen)]
    return [
        Task(f"{program} {name}", _script(targets[name].lines, variables, reference), folder)
        for name in ordered
    ]


def _closure(name: str, targets: dict[str, _Target], seen: set[str]) -> Iterator[str]:
    if name in seen or name not in targets:
        return
    seen.add(name)
    for need in targets[name].needs:
        yield from _closure(need, targets, seen)
    yield name


def _script(lines: Sequence[str], variables: dict[str, str], reference: re.Pattern[str]) -> str:
    cleaned = []
    for line in lines:
        text = _resolved(line.lstrip("@+ "), variables, reference)
        # A leading `-` lets a line fail.
        cleaned.append(f"{text[1:].lstrip('@ ')} || true" if text.startswith("-") else text)
    return "\n".join(cleaned).replace("$$", "$")


def _resolved(text: str, variables: dict[str, str], reference: re.Pattern[str]) -> str:
    for _ in range(5):  # Variables may name others, a few levels deep.
        found = reference.sub(lambda match: variables.get(match[1], match[0]), text)
        if found == text:
            break
        text = found
    return text
