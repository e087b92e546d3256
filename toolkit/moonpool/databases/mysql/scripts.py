"""Runs SQL files, with the `DELIMITER` lines that only the command line clients know."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

from moonpool.databases.mysql.connection import connect
from moonpool.databases.mysql.failures import explained
from moonpool.databases.steps import STEP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from moonpool.databases.urls import DatabaseUrl

__all__ = ["load_files", "statements"]

_DELIMITER = re.compile(r"^[ \t]*DELIMITER[ \t]+(?P<word>\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_PLAIN = ";"


def load_files(url: DatabaseUrl, files: Sequence[Path]) -> None:
    """Run each file on the database of a URL.

    Raises MoonpoolError for what the server refuses.
    """
    with closing(connect(url, url.name, answer_seconds=STEP_SECONDS)) as session:
        for path in files:
            with explained(url, f"load `{path.name}` into a template on"):
                for part in statements(path.read_text(encoding="utf-8-sig")):
                    session.execute(part)


def statements(script: str) -> Iterator[str]:
    """What is sent to the server at once: it takes statements apart at semicolons by itself."""
    delimiter, begin = _PLAIN, 0
    for match in [*_DELIMITER.finditer(script), None]:
        end = match.start() if match else len(script)
        part = script[begin:end]
        yield from filter(str.strip, [part] if delimiter == _PLAIN else part.split(delimiter))
        if match:
            delimiter, begin = match["word"], match.end()
