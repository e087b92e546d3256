"""Why the file of another tool cannot be used."""

from __future__ import annotations

__all__ = ["InputError"]


class InputError(Exception):
    """What is wrong with a file, as the rest of a sentence that begins with its name."""
