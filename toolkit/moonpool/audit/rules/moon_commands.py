"""The moon commands of a step, as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.commands.normal import unwrapped
from moonpool.audit.commands.shell import split_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.redundancy.work import Work

__all__ = ["MoonCommand", "moon_commands"]

_VERBS = {"run": "run", "r": "run", "ci": "ci", "check": "check", "c": "check", "exec": "run"}


@dataclass(frozen=True)
class MoonCommand:
    """`moon run a:b`: its verb and targets; ``affected`` if it leaves out what did not change."""

    text: str
    verb: str
    targets: tuple[str, ...]
    affected: bool


def moon_commands(work: Work) -> Iterator[MoonCommand]:
    """Yield the moon commands in the script of a step."""
    script = work.step.run or ""
    for command in split_script(script) if "moon" in script else ():
        words = unwrapped(command.words).words
        if words[:1] in (("yarn",), ("pnpm",), ("npm",)):
            words = words[1:]
        if words[:1] != ("moon",) or len(words) < 2:
            continue
        verb = "run" if words[1].startswith(":") else _VERBS.get(words[1])
        if verb is None:
            continue
        rest = words[1:] if words[1].startswith(":") else words[2:]
        targets = tuple(word for word in rest if ":" in word and not word.startswith("-"))
        affected = verb == "ci" or "--affected" in rest
        yield MoonCommand(" ".join(words), verb, targets, affected)
