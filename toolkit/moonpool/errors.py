"""The one family of errors that moonpool shows to people, and the exit codes.

An error says what was found and what was expected; its hint is the command to run next; its slug is
the heading under which docs/errors.md explains it.
"""

from __future__ import annotations

import enum

__all__ = ["ExitCode", "MoonpoolError"]


class ExitCode(enum.IntEnum):
    """Exit codes of the command line; pytest's own 0-5 pass through unchanged."""

    OK = 0
    FAILED = 1
    USAGE = 64
    CONFIG = 65
    NO_WORKSPACE = 66
    TEMPLATES = 67
    COVERAGE = 68
    DATABASE = 69
    MOON = 70
    WORKFLOW = 71
    INTERNAL = 79


class MoonpoolError(Exception):
    """A failure that a person can mend.

    ``message`` is a lower-case fragment without a full stop; ``hint`` names the command to run or
    the line to write; ``slug`` is a heading of docs/errors.md.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str,
        slug: str,
        exit_code: ExitCode = ExitCode.CONFIG,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.slug = slug
        self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}"
