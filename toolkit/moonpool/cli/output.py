"""The only place that prints: data on stdout, talk on stderr.

Messages are lower-case fragments with a hint; JSON is one object with a ``version`` key.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from moonpool.errors import MoonpoolError

__all__ = ["print_error", "print_json", "print_lines", "print_note", "wants_colour"]


def print_lines(text: str) -> None:
    """Write a command's answer to stdout."""
    print(text)


def print_json(version: int, content: dict[str, Any]) -> None:
    """Write a command's answer to stdout as one JSON object."""
    print(json.dumps({"version": version, **content}, indent=2, ensure_ascii=False))


def print_note(text: str) -> None:
    """Say something to the person on stderr, which no program reads."""
    print(f"moonpool: {text}", file=sys.stderr)


def print_error(error: MoonpoolError) -> None:
    """Say what went wrong and what to run next."""
    red, bold, reset = ("\033[31m", "\033[1m", "\033[0m") if wants_colour(sys.stderr) else ("",) * 3
    print(f"{red}error:{reset} {error.message}", file=sys.stderr)
    print(f"{bold}hint:{reset} {error.hint}", file=sys.stderr)


def wants_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal whose user did not set ``NO_COLOR`` (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")
