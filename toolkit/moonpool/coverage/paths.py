"""Names of measured files: seen from their project, seen from the workspace, always with slashes.

What the project's `[paths]` setting maps to another place is mapped here, by coverage.py's own
``PathAliases``: the one piece of it that we use beyond its documented API.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.coverage.measure import inside

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["in_workspace", "project_names", "remapping"]


def project_names(project_root: Path, workspace_root: Path) -> Callable[[str], str | None]:
    """Return a function from a measured path to its name as seen from the project.

    Files elsewhere in the workspace begin with ``../``; outside of it the function gives None. A
    relative path is taken to be relative to the project.
    """
    root = project_root.resolve()
    workspace = workspace_root.resolve()
    remap = remapping(project_root)

    def name(path: str) -> str | None:
        absolute = os.path.normpath(root / remap(path))
        if not Path(absolute).is_relative_to(workspace):
            return None
        return os.path.relpath(absolute, root).replace(os.sep, "/")

    return name


def in_workspace(source: str, name: str) -> str | None:
    """Return the workspace's name for a file that the project at ``source`` calls ``name``.

    None when that lies outside the workspace.
    """
    path = posixpath.normpath(posixpath.join(source, name))
    outside = path == ".." or path.startswith(("../", "/"))
    return None if outside else path


def remapping(project_root: Path) -> Callable[[str], str]:
    """Return what the project's `[paths]` setting makes of a path."""
    import coverage
    from coverage.files import PathAliases

    with inside(project_root):
        groups = coverage.Coverage(data_file=None).get_option("paths")
        if not isinstance(groups, dict) or not groups:
            return lambda path: path
        aliases = PathAliases(relative=False)
        for result, *patterns in groups.values():
            for pattern in patterns:
                # coverage.py remembers for good where a relative result has once led to.
                aliases.add(pattern, str(project_root.absolute() / result))

    def remap(path: str) -> str:
        # A result such as `src` is looked for from the working directory.
        with inside(project_root):
            return aliases.map(path)

    return remap
