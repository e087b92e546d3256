"""Where the jobserver of a surrounding `make -jN` is, as MAKEFLAGS says it.

GNU make 4.4 names a FIFO (`--jobserver-auth=fifo:PATH`), older ones two inherited descriptors
(`--jobserver-auth=R,W`, before 4.2 `--jobserver-fds=R,W`), and on Windows a semaphore
(https://www.gnu.org/software/make/manual/html_node/Job-Slots.html).
"""

from __future__ import annotations

import os
import re
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Jobserver", "find_jobserver"]

_FIFO = "fifo:"
_DESCRIPTORS = re.compile(r"(\d+),(\d+)")
_WORD = re.compile(r"(?:^|\s)--jobserver-(?:auth|fds)=(\S+)")


class Jobserver(NamedTuple):
    """A jobserver: the path of a FIFO, two open descriptors, or the name of a semaphore."""

    fifo: str | None = None
    descriptors: tuple[int, int] | None = None
    semaphore: str | None = None


def find_jobserver(environ: Mapping[str, str] = os.environ) -> Jobserver | None:
    """Return the jobserver that MAKEFLAGS names; None without one that can be used from here.

    make hides its descriptors from recipes that it does not take for a make (a `+` in front of the
    line shows them); the numbers then lead nowhere, or to a file of somebody else's.
    """
    words = _WORD.findall(environ.get("MAKEFLAGS", ""))
    if not words:
        return None
    # Of several the last one is the innermost make's.
    word: str = words[-1]
    if word.startswith(_FIFO):
        return Jobserver(fifo=word.removeprefix(_FIFO))
    if found := _DESCRIPTORS.fullmatch(word):
        descriptors = int(found[1]), int(found[2])
        return Jobserver(descriptors=descriptors) if all(map(_is_pipe, descriptors)) else None
    return Jobserver(semaphore=word) if sys.platform == "win32" else None


def _is_pipe(descriptor: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False
