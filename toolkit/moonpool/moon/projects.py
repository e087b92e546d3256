"""The projects of a workspace, as moon lists them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.moon.declared import read_projects
from moonpool.moon.program import find_moon, query
from moonpool.moon.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.moon.workspace import Workspace

__all__ = ["list_projects"]


def list_projects(workspace: Workspace, *, environ: Mapping[str, str]) -> tuple[Project, ...]:
    """Return all projects, ordered by id; asks moon, or reads the configuration without it.

    Raises MoonpoolError when moon refuses the workspace's configuration, or when there is no moon
    and the configuration cannot be read.
    """
    moon = find_moon(workspace, environ=environ)
    if moon is None:
        return read_projects(workspace)
    answer = query(moon, workspace, ["projects"], environ=environ)
    found = (_project(entry) for entry in answer.get("projects", []))
    return tuple(sorted(found, key=lambda project: project.id))


def _project(entry: Mapping[str, object]) -> Project:
    config = entry.get("config")
    tags = config.get("tags") if isinstance(config, dict) else None
    targets = entry.get("taskTargets")
    return Project(
        id=str(entry["id"]),
        source=str(entry["source"]),
        root=Path(str(entry["root"])),
        tags=tuple(tags) if isinstance(tags, list) else (),
        tasks=tuple(t.partition(":")[2] for t in targets) if isinstance(targets, list) else (),
    )
