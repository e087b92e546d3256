"""The test files that pytest would collect, found without importing any of them.

Only the decision about workers rests on this: pytest itself collects as ever, so a file that is
missed here costs at most some speed.
"""

from __future__ import annotations

import os
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.history import SourceFile, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["find_test_files"]

_TEST = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test", re.MULTILINE)
_VIRTUAL_ENVIRONMENT_MARK = "pyvenv.cfg"


def find_test_files(
    roots: Sequence[Path],
    *,
    patterns: Sequence[str],
    ignored_folders: Sequence[str],
    relative_to: Path,
) -> dict[str, SourceFile]:
    """Return each test file below ``roots`` with its number of test functions and its content.

    ``patterns`` are pytest's ``python_files`` and ``ignored_folders`` its ``norecursedirs``; keys
    are relative to ``relative_to`` with forward slashes. A root that is a file counts whatever
    its name, as for pytest. Parametrised tests count once.
    """
    found = dict.fromkeys(_files(roots, patterns, ignored_folders))
    return {_name(path, relative_to): _read(path) for path in found}


def _files(
    roots: Iterable[Path], patterns: Sequence[str], ignored_folders: Sequence[str]
) -> Iterator[Path]:
    for root in roots:
        if root.is_file():
            yield root
            continue
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(
                name for name in folders if _is_searched(Path(folder, name), ignored_folders)
            )
            yield from (
                Path(folder, name) for name in sorted(names) if _is_test_file(name, patterns)
            )


def _is_searched(folder: Path, ignored_folders: Sequence[str]) -> bool:
    if folder.name == "__pycache__" or (folder / _VIRTUAL_ENVIRONMENT_MARK).is_file():
        return False
    return not any(fnmatch(folder.name, pattern) for pattern in ignored_folders)


def _is_test_file(name: str, patterns: Sequence[str]) -> bool:
    return name.endswith(".py") and any(
        fnmatch(name, pattern.rpartition("/")[2]) for pattern in patterns
    )


def _name(path: Path, relative_to: Path) -> str:
    return Path(os.path.relpath(path, relative_to)).as_posix()


def _read(path: Path) -> SourceFile:
    try:
        content = path.read_bytes()
    except OSError:
        return SourceFile(0)
    return SourceFile(len(_TEST.findall(content)), digest(content))
