"""Scripts of package.json, through npm, yarn, pnpm and bun, with their pre and post scripts."""

from __future__ import annotations

import json
import posixpath
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from moonpool.audit.commands.runners.task import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.commands.runners.task import Files

__all__ = ["expand", "npm_scripts"]

_PROGRAMS = frozenset({"npm", "yarn", "pnpm", "bun"})
_FOLDER_OPTIONS = frozenset({"--prefix", "--cwd", "-C", "--dir"})
_SHORT = {"test": "test", "t": "test", "tst": "test", "start": "start"}
# These run scripts of several packages; which ones, only the program knows.
_ELSEWHERE = ("-r", "--recursive", "-w", "--workspace", "--workspaces", "-ws", "--filter", "-F")
_UNSURE = "not every version of yarn and pnpm runs the scripts before and after another"
_GROUPS = frozenset({"run-s", "run-p", "npm-run-all", "npm-run-all2", "concurrently"})


def expand(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    """Return the scripts that `npm run x`, `yarn x` or `run-s a b` run."""
    if words[0] in _GROUPS:
        return _group(files, words, folder)
    if words[0] not in _PROGRAMS:
        return None
    rest, folder = _past_options(list(words[1:]), folder)
    if rest is None or not rest:
        return None
    name, arguments = _script(words[0], rest)
    scripts = npm_scripts(files, folder)
    if name is None or name not in scripts:
        return None
    around = () if "--ignore-scripts" in words else (f"pre{name}", f"post{name}")
    sure = words[0] in ("npm", "bun")
    given = " ".join(shlex.quote(word) for word in arguments)
    return [
        _task(f"{words[0]} run {entry}", scripts[entry], given if entry == name else "", folder)
        if entry == name or sure
        else replace(_task(f"{words[0]} run {entry}", scripts[entry], "", folder), doubt=_UNSURE)
        for entry in (*around[:1], name, *around[1:])
        if entry in scripts
    ]


def npm_scripts(files: Files, folder: str) -> dict[str, str]:
    """Return the scripts of the package.json in a folder."""
    text = files.text(posixpath.normpath(posixpath.join(folder, "package.json")))
    try:
        found = json.loads(text or "{}").get("scripts")
    except (ValueError, AttributeError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: script for name, script in found.items() if isinstance(script, str)}


def _past_options(rest: list[str], folder: str) -> tuple[list[str] | None, str]:
    """Take off options before the script's name; None where the script runs elsewhere."""
    before: list[str] = []
    while rest:
        word = rest.pop(0)
        option, _, value = word.partition("=")
        if option.startswith(_ELSEWHERE) and option in _ELSEWHERE:
            return None, folder
        if option in _FOLDER_OPTIONS:
            folder = posixpath.normpath(
                posixpath.join(folder, value or (rest.pop(0) if rest else ""))
            )
        elif not word.startswith("-"):
            before.append(word)
            if word not in ("run", "run-script"):
                break
    own = rest[: rest.index("--")] if "--" in rest else rest
    if any(word.partition("=")[0] in _ELSEWHERE for word in own):
        return None, folder
    return before + rest, folder


def _script(program: str, rest: list[str]) -> tuple[str | None, list[str]]:
    if rest[0] in ("run", "run-script"):
        name = rest[1] if len(rest) > 1 else None
        arguments = rest[2:]
    elif program == "npm":
        name, arguments = _SHORT.get(rest[0]), rest[1:]
    elif program == "bun" and rest[0] == "test":
        return None, []  # bun's own test runner.
    else:
        name, arguments = rest[0], rest[1:]
    if program == "npm":
        # npm keeps words for itself up to `--`.
        arguments = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    return name, [word for word in arguments if word != "--"]


def _group(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    scripts = npm_scripts(files, folder)
    names: list[str] = []
    for word in words[1:]:
        if word.startswith("-"):
            continue
        name = word.removeprefix("npm:").removeprefix("npm run ")
        if name.endswith("*"):
            names += [entry for entry in scripts if entry.startswith(name.rstrip("*"))]
        elif name in scripts:
            names.append(name)
        else:
            return None
    return [_task(f"npm run {name}", scripts[name], "", folder) for name in names] or None


def _task(name: str, script: str, given: str, folder: str) -> Task:
    # The program hands the script to a plain `sh -c`.
    return Task(name, f"set +e\n{script} {given}".rstrip(), folder)
