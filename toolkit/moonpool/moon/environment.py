"""What moon tells the tasks that it runs, through their environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["MoonEnvironment", "read_environment"]


@dataclass(frozen=True)
class MoonEnvironment:
    """The task that this process is.

    ``moon_pid`` is the parent's: moon starts a task with ``shell: false`` directly, so sibling
    tasks of one run share it. Under `uv run` the parent is uv instead.
    """

    project: str
    project_root: Path
    project_source: str
    target: str
    workspace_root: Path
    cache_dir: Path
    moon_pid: int


def read_environment(
    environ: Mapping[str, str], *, parent_pid: Callable[[], int] = os.getppid
) -> MoonEnvironment | None:
    """Return the task that moon describes in ``environ``, or None outside of moon."""
    try:
        workspace_root = Path(environ["MOON_WORKSPACE_ROOT"])
        default_cache = workspace_root / ".moon" / "cache"
        return MoonEnvironment(
            project=environ["MOON_PROJECT_ID"],
            project_root=Path(environ["MOON_PROJECT_ROOT"]),
            project_source=environ["MOON_PROJECT_SOURCE"],
            target=environ["MOON_TARGET"],
            workspace_root=workspace_root,
            cache_dir=Path(environ.get("MOON_CACHE_DIR") or default_cache),
            moon_pid=parent_pid(),
        )
    except KeyError:
        return None
