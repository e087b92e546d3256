"""One file as it lies on the disk: its text, and what an edit has to leave as it was.

A file that cannot be audited becomes a problem with its place, never an exception, so that the
others are still looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LINE_BREAK", "Problem", "Source", "read_source"]

# What YAML 1.1 counts as the end of a line; `str.splitlines` knows more and would miscount.
LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
# GitHub starts no workflow whose file is larger than half of this, and composing one takes seconds.
_MOST_BYTES = 2**20
_BOM = "\ufeff"


@dataclass(frozen=True)
class Problem:
    """Why a file, or a line of it, is not what it should be; lines count from 1."""

    path: str
    line: int
    message: str


@dataclass(frozen=True)
class Source:
    """A file's text without its byte order mark; ``path`` is posix and relative to the root."""

    path: str
    text: str
    bom: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines with their endings, counted as YAML counts them."""
        ends = [match.end() for match in LINE_BREAK.finditer(self.text)]
        starts = [0, *ends]
        pieces = [self.text[a:b] for a, b in zip(starts, [*ends, len(self.text)], strict=True)]
        return pieces if pieces[-1] else pieces[:-1]


def read_source(root: Path, path: Path) -> Source | Problem:
    """Read a file below ``root``; a link that leads out of it is not followed."""
    name = path.relative_to(root).as_posix()
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            return Problem(name, 1, "found a symbolic link that leads out of the repository")
        size = path.stat().st_size
        if size > _MOST_BYTES:
            return Problem(name, 1, f"found {size} bytes, expected {_MOST_BYTES} at most")
        with path.open(encoding="utf-8", newline="") as stream:
            text = stream.read()
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Problem(name, line, f"found bytes that are no UTF-8 ({error.reason})")
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Problem(name, 1, f"cannot be read ({reason.lower()})")
    return Source(name, text.removeprefix(_BOM), bom=text.startswith(_BOM))
