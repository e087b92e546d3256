"""Reads what the workspace's configuration names: the files that other tools left in a project.

Whether a file is lcov or Cobertura is told by its content, not by its name.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.coverage.combined import Lacking
from moonpool.coverage.foreign.cobertura import looks_like_xml, parse_cobertura
from moonpool.coverage.foreign.error import InputError
from moonpool.coverage.foreign.hits import HitCounts, total
from moonpool.coverage.foreign.lcov import looks_like_lcov, parse_lcov
from moonpool.coverage.foreign.names import workspace_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from moonpool.coverage.workspace import ProjectInput

__all__ = ["Inputs", "read_inputs"]


@dataclass(frozen=True)
class Inputs:
    """What a project's data files tell of the workspace's files, and what is wrong with them.

    ``read`` is whether any data file could be read; ``lacking`` are the others. ``outside`` counts
    files outside of the workspace.
    """

    files: Mapping[str, HitCounts]
    read: bool
    lacking: tuple[Lacking, ...] = ()
    outside: int = 0


def read_inputs(project: ProjectInput, workspace_root: Path) -> Inputs:
    """Read all that is named for a project; what cannot be read is named and the rest is read."""
    root = workspace_root.resolve()
    parts: dict[str, list[HitCounts]] = {}
    lacking = []
    outside = 0
    for name in project.inputs:
        try:
            for path, counts in _named(project, name, root):
                if path is None:
                    outside += 1
                else:
                    parts.setdefault(path, []).append(counts)
        except FileNotFoundError:
            lacking.append(Lacking(_shown(project, name)))
        except InputError as error:
            lacking.append(Lacking(_shown(project, name), str(error)))
    files = {path: total(parts[path]) for path in sorted(parts)}
    return Inputs(files, len(lacking) < len(project.inputs), tuple(lacking), outside)


def _shown(project: ProjectInput, name: str) -> str:
    return posixpath.normpath(posixpath.join(project.source, name))


def _named(project: ProjectInput, name: str, root: Path) -> Iterable[tuple[str | None, HitCounts]]:
    path = (project.root / name).resolve()
    if not path.is_relative_to(root):
        raise InputError("lies outside of the workspace")
    folders, files = _parsed(_read(path))
    return [
        (workspace_name(file, folders, root, project.source), counts)
        for file, counts in files.items()
    ]


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from None
    if not data.strip():
        raise InputError("is empty")
    return data


def _parsed(data: bytes) -> tuple[tuple[str, ...], dict[str, HitCounts]]:
    if looks_like_xml(data):
        report = parse_cobertura(data)
        folders, files = report.sources, report.files
    else:
        text = data.decode("utf-8-sig", errors="replace")
        if not looks_like_lcov(text):
            raise InputError("is neither lcov nor Cobertura")
        folders, files = (), parse_lcov(text)
    if not files:
        raise InputError("names no file")
    return folders, files
