"""The single goals of a command that names several, and those that a goal includes.

`gradle build` tests as well, and `turbo run lint build` lints. Such parts only show that a check
was made: a command is never removed for a part of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["parts"]

_GRADLE = frozenset({"gradle", "gradlew"})
_MAVEN = frozenset({"mvn", "mvnw"})
_BEFORE = {
    "gradle": {"check": ("test",), "build": ("test", "check")},
    "mvn": {
        "package": ("test",),
        "verify": ("test",),
        "install": ("test", "verify"),
        "deploy": ("test", "verify"),
    },
}
_LEAVES_TESTS_OUT = re.compile(r"-x|--exclude-task|-DskipTests.*|-Dmaven\.test\.skip.*|-DskipITs.*")


def parts(words: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield each part of a command as words of its own, and what is not proven of it."""
    words = tuple(words)
    tool = words[0].rpartition("/")[2] if words else ""
    if tool in _GRADLE | _MAVEN:
        yield from _goals(words, _BEFORE["gradle" if tool in _GRADLE else "mvn"])
    elif tool == "turbo":
        yield from _several(words, first=2 if words[1:2] == ("run",) else 1)
    elif tool == "nx" and words[1:2] == ("run-many",):
        yield from _targets(words)


def _goals(
    words: Sequence[str], before: dict[str, tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], str | None]]:
    rest = words[1:]
    if any(_LEAVES_TESTS_OUT.fullmatch(word) for word in rest):
        return
    goals = [word for word in rest if not word.startswith("-")]
    options = [word for word in rest if word.startswith("-")]
    for goal in goals:
        scope, colon, name = goal.rpartition(":")
        if len(goals) > 1:
            yield (words[0], goal, *options), None
        for earlier in before.get(name, ()):
            doubt = f"`{words[0]} {goal}` is taken to include `{earlier}`"
            yield (words[0], f"{scope}{colon}{earlier}", *options), doubt


def _several(words: Sequence[str], first: int) -> Iterator[tuple[tuple[str, ...], str | None]]:
    tasks = [word for word in words[first:] if not word.startswith("-")]
    options = [word for word in words[first:] if word.startswith("-")]
    for task in tasks if len(tasks) > 1 else ():
        yield (*words[:first], task, *options), None


def _targets(words: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Each of `-t lint test` or `--targets=lint,test`."""
    for position, word in enumerate(words):
        name, _, value = word.partition("=")
        if name not in ("-t", "--target", "--targets"):
            continue
        end = position + 1
        tasks = value.split(",") if value else []
        while not value and end < len(words) and not words[end].startswith("-"):
            tasks += words[end].split(",")
            end += 1
        for task in tasks if len(tasks) > 1 else ():
            for form in ((f"{name}={task}",), (name, task)):
                yield (*words[:position], *form, *words[end:]), None
