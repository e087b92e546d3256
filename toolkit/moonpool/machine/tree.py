"""The files below a root, read at most once each, with a record of what could not be read.

A file that is not there says nothing and is no fault. One that is there but cannot be read, or
holds something else than expected, is recorded, so that an explanation can name it.
"""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from moonpool.machine.facts import Unreadable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Tree", "printable", "whole_number"]

# The kernel answers ENODEV for a control group that was removed meanwhile and EOPNOTSUPP for a
# feature that was switched off at boot: both mean that there is nothing here.
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.EOPNOTSUPP}

# No kernel counter has more than 20 digits, and int() accepts things that no kernel writes.
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}")

# Enough of a wrong content to recognise it in a message.
_QUOTED_CHARACTERS = 40


def printable(text: str) -> str:
    """Return text that any UTF-8 stream can print, whatever bytes a file name had."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def whole_number(text: str) -> int | None:
    """Return the number that a kernel file holds, or None when it holds something else."""
    word = text.strip()
    return int(word) if _WHOLE_NUMBER.fullmatch(word) else None


class Tree:
    """The files of one machine as one reading sees them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[Path, str | None] = {}
        self._unreadable: dict[Unreadable, None] = {}

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """What was found but could not be read or understood, in the order of reading."""
        return tuple(self._unreadable)

    def text(self, path: Path) -> str | None:
        """Return what a file holds, or None when it is absent or unreadable."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: Path) -> str | None:
        try:
            return os.fsdecode(path.read_bytes())
        except OSError as error:
            if error.errno not in _ABSENT:
                self.note(path, (error.strerror or str(error)).lower())
        except ValueError:
            # A path with a NUL byte, which only a damaged mount table can ask for.
            self.note(path, "no such path can exist")
        return None

    def note(self, path: Path, reason: str) -> None:
        """Record that a place said nothing usable; the same twice is recorded once."""
        self._unreadable[Unreadable(printable(str(path)), printable(reason))] = None

    def note_garbage(self, path: Path, found: str, expected: str) -> None:
        """Record that a file holds something else than expected."""
        quoted = found.strip()[:_QUOTED_CHARACTERS]
        self.note(path, f"found {f'`{quoted}`' if quoted else 'nothing'}, expected {expected}")

    def number(self, path: Path, expected: str = "a whole number") -> int | None:
        """Return the number that is all a file holds; anything else is recorded."""
        text = self.text(path)
        value = None if text is None else whole_number(text)
        if text is not None and value is None:
            self.note_garbage(path, text, expected)
        return value

    def field(self, path: Path, name: str) -> int | None:
        """Return the number after ``name`` in a file of ``name number`` lines."""
        for line in (self.text(path) or "").splitlines():
            word, _, rest = line.partition(" ")
            if word == name:
                value = whole_number(rest)
                if value is None:
                    self.note_garbage(path, line, f"`{name}` and a whole number")
                return value
        return None
