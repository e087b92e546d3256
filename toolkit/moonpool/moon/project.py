"""One project of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Project"]


@dataclass(frozen=True)
class Project:
    """One project: ``source`` is its posix path in the workspace, `.` for the root."""

    id: str
    source: str
    root: Path
    tags: tuple[str, ...]
    tasks: tuple[str, ...]
