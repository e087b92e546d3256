"""The files and folders that the project's `testpaths` name."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["expand_testpaths"]


def expand_testpaths(config: pytest.Config) -> list[str]:
    """Return what the patterns match, relative to pytest's root, in the order of the patterns.

    As pytest expands them, hidden folders left out; `Path.glob` refuses absolute patterns.
    """
    found: list[str] = []
    for pattern in config.getini("testpaths"):
        found += sorted(glob.iglob(pattern, root_dir=config.rootpath, recursive=True))  # noqa: PTH207
    return found
