"""Shell scripts of the repository: `bash scripts/test.sh`, `./ci.sh`, `sh -c '…'`."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from moonpool.audit.commands.runners.task import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.audit.commands.runners.task import Files

__all__ = ["expand"]

_SHELLS = frozenset({"bash", "sh", "zsh", "dash"})


def expand(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    """Return the script that a command reads, when it takes no arguments of its own."""
    left = list(words)
    strict = named = False
    if left[0].rpartition("/")[2] in _SHELLS:
        left.pop(0)
        named = True
        while left and left[0].startswith("-"):
            option = left.pop(0)
            strict = strict or "e" in option[1:]
            if option.endswith("c"):
                return [Task("sh -c", _with_mode(left[0], strict), folder)] if left else None
    if not left:
        return None
    if not (named or left[0].endswith((".sh", ".bash")) or left[0].startswith("./")):
        return None
    path = posixpath.normpath(posixpath.join(folder, left[0]))
    text = files.text(path)
    if text is None or not text.startswith("#!") or "sh" not in text.partition("\n")[0]:
        return None
    if len(left) > 1:
        return None  # What the arguments change, only the script knows.
    first = text.partition("\n")[0]
    strict = strict or " -e" in first or " -eu" in first
    return [Task(path, _with_mode(text.partition("\n")[2], strict), folder)]


def _with_mode(script: str, strict: bool) -> str:
    return f"set {'-' if strict else '+'}e\n{script}"
