"""The workspace's name of a file that another tool names in its own way.

Tools name files from where they ran, from a folder that they name, or with the whole path on the
machine that ran them, which moon's cache may have made another than this one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["workspace_name"]


def workspace_name(name: str, folders: Sequence[str], root: Path, source: str) -> str | None:
    """Return the workspace's name of a file, or None when it lies outside of the workspace.

    ``root`` is the workspace's, resolved, and ``source`` the project's folder in it. The file is
    looked for in ``folders``, in the project, and in the workspace; where it is in none of them it
    is taken to have been in the project.
    """
    name = name.replace("\\", "/")
    places = (_inside(root, path) for path in _places(name, folders, root, source))
    there = (place for place in places if place is not None and (root / place).is_file())
    return next(there, None) or _inside(root, root / source / name)


def _places(name: str, folders: Sequence[str], root: Path, source: str) -> Iterator[Path]:
    # A whole path joined to a folder stays what it is.
    paths = [*(f"{folder}/{name}".replace("\\", "/") for folder in folders), name]
    yield from (root / source / path for path in paths)
    yield root / name
    # The same project in another checkout: all that follows its folder.
    for path in paths:
        _, found, rest = path.rpartition(f"/{source}/")
        if found:
            yield root / source / rest


def _inside(root: Path, path: Path) -> str | None:
    # git and coverage.py know a file by the path without links.
    real = Path(os.path.realpath(path))
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else None
