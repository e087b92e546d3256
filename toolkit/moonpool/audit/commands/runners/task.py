"""What a task runner makes of a task: the script behind it and where that runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Files", "Runner", "Task"]


class Files(Protocol):
    """The files of a repository; paths are posix and relative to its root."""

    def text(self, path: str) -> str | None:
        """The text of a file, or None where it cannot be read."""


@dataclass(frozen=True)
class Task:
    """One script that a command stands for.

    ``name`` is how a person would call it. ``outputs`` are what the task declares to leave behind;
    None says that its runner has no such declarations. ``doubt`` is why it may not run in full.
    """

    name: str
    script: str
    folder: str
    env: tuple[tuple[str, str], ...] = ()
    outputs: tuple[str, ...] | None = None
    doubt: str | None = None


class Runner(Protocol):
    """Returns the tasks that a command stands for, or None where it is none of this runner's."""

    def __call__(self, files: Files, words: Sequence[str], folder: str) -> list[Task] | None: ...
