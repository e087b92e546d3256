"""Which lines changed since a base, as git tells it; lines that only moved did not change.

The base is where this work left the other branch, so what a merge brought in is not ours. Renames
and moved blocks (of 20 letters and digits or more, in any file) are what git itself takes for such.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

__all__ = ["changed_lines"]

# Moved lines are told by their colour alone, so every colour is set and no user's setting counts.
_COLOURS = {
    "new": "green",
    "newMoved": "magenta",
    "newMovedAlternative": "magenta",
    "newMovedDimmed": "magenta",
    "newMovedAlternativeDimmed": "magenta",
    **dict.fromkeys(("old", "oldMoved", "oldMovedAlternative", "oldMovedDimmed"), "red"),
    **dict.fromkeys(("meta", "frag", "func", "context", "whitespace"), "normal"),
}
_MOVED = "\x1b[35m+"
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,\d+)? @@")
_DIFF = (
    *("diff", "--relative", "--unified=0", "--find-renames", "--no-ext-diff", "--no-textconv"),
    *("--color=always", "--color-moved=blocks", "--color-moved-ws=allow-indentation-change"),
    *("--ws-error-highlight=none", "--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/"),
)


def changed_lines(
    root: Path, base: str, *, measured: Container[str] = ()
) -> dict[str, frozenset[int]]:
    """Return, by the name that a file has below ``root``, the lines that are new since ``base``.

    What is not committed counts too, also files of Python, and ``measured`` ones, that git does
    not track yet. Raises MoonpoolError where git does not know ``base`` or finds no common history.
    """
    fork = _fork(root, base)
    found = _new_lines(_git(root, *_colours(), *_DIFF, fork).split("\n"))
    for name in _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0"):
        if name.endswith(".py") or name in measured:
            text = Path(root, name).read_bytes()
            found[name] = set(range(1, text.count(b"\n") + 2))
    return {name: frozenset(lines) for name, lines in found.items() if lines}


def _fork(root: Path, base: str) -> str:
    if _git(root, "rev-parse", "--verify", "--quiet", f"{base}^{{commit}}", check=False) == "":
        raise _error(
            f"found no commit `{base}` in `{root}`",
            f"run `git fetch origin`, or name another base than `{base}`",
        )
    fork = _git(root, "merge-base", base, "HEAD", check=False).strip()
    if not fork:
        raise _error(
            f"found no common history of `{base}` and `HEAD`",
            "run `git fetch --unshallow`; in GitHub Actions set `fetch-depth: 0` at the checkout",
        )
    return fork


def _colours() -> list[str]:
    words = ["-c", "core.quotePath=false"]
    for name, colour in _COLOURS.items():
        words += ["-c", f"color.diff.{name}={colour}"]
    return words


def _new_lines(patch: Iterable[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    lines: set[int] = set()
    number = 0
    in_header = True
    for coloured in patch:
        line = _ESCAPES.sub("", coloured)
        if line.startswith("diff --git "):
            in_header = True
        elif in_header and line.startswith("+++ "):
            lines = found.setdefault(_name(line), set())
        elif hunk := _HUNK.match(line):
            number, in_header = int(hunk[1]), False
        elif not in_header and line.startswith("+"):
            if not coloured.startswith(_MOVED) and line[1:].strip():
                lines.add(number)
            number += 1
    return found


def _name(header: str) -> str:
    # git puts a tab after a name with a blank, and quotes one with a control character.
    name = header[len("+++ ") :].rstrip("\t\r").strip('"')
    return name.removeprefix("b/")


def _git(root: Path, *words: str, check: bool = True) -> str:
    environ = {**os.environ, "LC_ALL": "C", "GIT_PAGER": "cat"}
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, env=environ, capture_output=True, check=False
        )
    except OSError as error:
        raise _error(f"git cannot be run: {error}", "install git") from None
    if check and done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise _error(f"git refuses in `{root}`: {said}", f"run `git {words[-1]}` there")
    return done.stdout.decode("utf-8", errors="surrogateescape")


def _error(message: str, hint: str) -> MoonpoolError:
    return MoonpoolError(message, hint=hint, slug="coverage-base", exit_code=ExitCode.COVERAGE)
