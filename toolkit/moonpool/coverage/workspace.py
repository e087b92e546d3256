"""Which project a measured file belongs to, and what all projects' tests ran of each project.

A file belongs to the project whose folder holds it most closely, whoever's tests ran it, so that it
counts once and by its own project's settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.coverage.executed import Executed, FileRun, rename, unite
from moonpool.coverage.paths import in_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DATA_FILE", "ProjectInput", "owner_of", "shares", "workspace_names"]

# Where a project's own data lies, below its root; a moon output.
DATA_FILE = Path(".moonpool", "coverage")


@dataclass(frozen=True)
class ProjectInput:
    """A project whose coverage is expected.

    ``source`` is its folder as moon writes it (``.`` for the workspace root), ``state`` what became
    of its tests in moon's words (passed, cached, failed, skipped), anything else for not run.
    ``inputs`` are files that other tools leave in it, by their names there. ``shards`` are data
    files of it that lie elsewhere.
    """

    id: str
    source: str
    root: Path
    state: str
    inputs: tuple[str, ...] = ()
    shards: tuple[Path, ...] = ()


def workspace_names(source: str, executed: Executed) -> tuple[Executed, int]:
    """Return a project's data under the workspace's names, and how many files lay outside of it."""
    named, outside = rename(executed, lambda name: in_workspace(source, name))
    files = {path: _with_contexts_of(source, run) for path, run in named.files.items()}
    return Executed(named.branches, files), outside


def _with_contexts_of(source: str, run: FileRun) -> FileRun:
    def name(context: str) -> str:
        # A test is named from its project, as pytest names it; other contexts are the user's.
        return (in_workspace(source, context) or context) if "::" in context else context

    return FileRun(
        run.tracer,
        {name(context): bits for context, bits in run.lines.items()},
        {name(context): arcs for context, arcs in run.arcs.items()},
    )


def owner_of(path: str, projects: Sequence[ProjectInput]) -> ProjectInput | None:
    """Return the project whose folder holds the workspace's ``path`` most closely."""
    holding = [project for project in projects if _holds(project.source, path)]
    return max(holding, key=lambda project: len(project.source), default=None)


def _holds(source: str, path: str) -> bool:
    return source == "." or path.startswith(f"{source}/")


def shares(projects: Sequence[ProjectInput], data: Mapping[str, Executed]) -> dict[str, Executed]:
    """Return, by project id, what anybody's tests ran of the files that belong to that project.

    ``data`` has each project's data under the workspace's names. A share has branches when the
    project itself measures them; statement data of others then counts as lines that ran. A file in
    no project's folder belongs to the project that measured it.
    """
    parts: dict[str, list[Executed]] = {}
    for measurer in sorted(data):
        for owner, files in _by_owner(projects, measurer, data[measurer]).items():
            parts.setdefault(owner, []).append(files)
    return {
        owner: unite(parts[owner], branches=data[owner].branches if owner in data else None)
        for owner in sorted(parts)
    }


def _by_owner(
    projects: Sequence[ProjectInput], measurer: str, executed: Executed
) -> dict[str, Executed]:
    files: dict[str, dict[str, FileRun]] = {}
    for path, run in executed.files.items():
        owner = owner_of(path, projects)
        files.setdefault(owner.id if owner else measurer, {})[path] = run
    return {owner: Executed(executed.branches, some) for owner, some in files.items()}
