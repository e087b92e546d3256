"""One spelling for one command: what wraps it is taken off.

`uv run pytest -q`, `python -m pytest` and `pytest` are one check, run in environments that may
differ; the wrapper is kept beside the words so that the difference can be told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Plain", "unwrapped"]

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
# Wrappers whose own options take no value, and those that are followed by one word of their own.
_WRAPPERS = frozenset({"time", "sudo", "command", "exec", "nice", "xvfb-run", "nohup", "stdbuf"})
_ONE_WORD = frozenset({"timeout", "dotenv", "env-cmd"})
# Programs that start another in an environment of theirs.
_RUNNERS: tuple[tuple[str, ...], ...] = (
    ("uv", "run"),
    ("poetry", "run"),
    ("pipenv", "run"),
    ("pdm", "run"),
    ("rye", "run"),
    ("pixi", "run"),
    ("uvx",),
    ("pipx", "run"),
    ("bundle", "exec"),
    ("npx",),
    ("bunx",),
    ("bun", "x"),
    ("pnpm", "exec"),
    ("pnpm", "dlx"),
    ("npm", "exec"),
    ("yarn", "exec"),
    ("yarn", "dlx"),
    ("mise", "exec"),
    ("nix", "develop"),
)
_RUNNER_VALUES = frozenset(
    {
        "--group",
        "--extra",
        "--with",
        "--python",
        "-p",
        "--package",
        "--project",
        "--env-file",
        "--from",
        "--directory",
        "--only-group",
        "--no-group",
    }
)
# Options of a runner that leave its environment as it is.
_RUNNER_MANNER = re.compile(
    r"--|-q+|-y|--(yes|no|quiet|silent|frozen|locked|no-sync|no-install|offline|no-progress)"
)
_MODULES = frozenset({"python", "python3", "py", "python3.11", "python3.12", "python3.13"})
_PROGRAM_FOLDERS = re.compile(r"(?:\./)?(?:\S*/)?(?:node_modules/\.bin|\.?venv/bin|vendor/bin)/")
_PACKAGE_PROGRAM = re.compile(
    r"(?:\S*/)?node_modules/(?:\.bin/|(?:@[\w-]+/)?[\w-]+/(?:\w+/)*)([\w-]+?)(?:\.[cm]?js)?"
)


@dataclass(frozen=True)
class Plain:
    """A command's words without wrappers, the wrapper, and the variables that it sets."""

    words: tuple[str, ...]
    runner: str = ""
    env: tuple[tuple[str, str], ...] = ()


def unwrapped(words: Sequence[str]) -> Plain:
    """Take wrappers, runners and assignments off a command."""
    left, runner = list(words), ""
    env: list[tuple[str, str]] = []
    while left:
        if _ASSIGNMENT.fullmatch(left[0]):
            name, _, value = left.pop(0).partition("=")
            env.append((name, value))
        elif (inner := _inside(left)) is not None:
            left = inner
        elif (found := _started(left)) is not None:
            left, name = found
            runner = runner or name
        else:
            break
    if left:
        left[0] = _PROGRAM_FOLDERS.sub("", left[0])
    if left[:1] == ["pip3"]:
        left[0] = "pip"
    return Plain(tuple(left), runner, tuple(env))


def _inside(words: list[str]) -> list[str] | None:
    """What a wrapper that changes nothing wraps."""
    if words[0] in _WRAPPERS:
        return _past_options(words[1:], frozenset())
    if words[0] in ("env", "cross-env") and len(words) > 1:
        return words[1:]
    if words[0] in _ONE_WORD:
        return _past_options(words[1:], frozenset())[1:]
    return None


def _started(words: list[str]) -> tuple[list[str], str] | None:
    """What a program starts in an environment of its own, and that program's name."""
    for runner in _RUNNERS:
        if tuple(words[: len(runner)]) == runner:
            rest = _past_options(words[len(runner) :], _RUNNER_VALUES)
            given = words[len(runner) : len(words) - len(rest)]
            chosen = [word for word in given if not _RUNNER_MANNER.fullmatch(word)]
            return (rest, " ".join((*runner, *chosen))) if rest else None
    if words[0] == "node" and (found := _script_of_package(words)) is not None:
        return found, ""
    is_module = words[0] in _MODULES and words[1:2] == ["-m"] and len(words) > 2
    if is_module and words[2] not in ("build", "venv", "ensurepip", "virtualenv"):
        return words[2:], "python -m"
    return None


def _script_of_package(words: list[str]) -> list[str] | None:
    """What `node node_modules/jest/bin/jest.js` starts, by the name of its program."""
    rest = _past_options(words[1:], frozenset())
    match = _PACKAGE_PROGRAM.fullmatch(rest[0]) if rest else None
    return [match[1], *rest[1:]] if match else None


def _past_options(words: list[str], with_value: frozenset[str]) -> list[str]:
    position = 0
    while position < len(words) and words[position].startswith("-"):
        if words[position] == "--":
            return words[position + 1 :]
        position += 2 if words[position] in with_value else 1
    return words[position:]
