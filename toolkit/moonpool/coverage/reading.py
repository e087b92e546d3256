"""Reads all data files of one project: its own, and those that its shards left elsewhere.

Each is judged by itself, so that the one that is damaged or about other sources has a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.coverage.combined import Lacking
from moonpool.coverage.datafile import DataFileError
from moonpool.coverage.executed import rename
from moonpool.coverage.gather import gather
from moonpool.coverage.parts import ALL
from moonpool.coverage.paths import project_names
from moonpool.coverage.sources import differing, digests, noted_sources
from moonpool.coverage.workspace import DATA_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.coverage.executed import Executed
    from moonpool.coverage.parts import Parts
    from moonpool.coverage.workspace import ProjectInput

__all__ = ["Reading", "read_project"]


@dataclass(frozen=True)
class Reading:
    """What a project's data files hold together, None where none of them could be read.

    ``parts`` are those of its tests that they are of, ``lacking`` the files that were refused;
    ``outside`` counts measured files outside of the workspace.
    """

    executed: Executed | None
    parts: Parts = ALL
    lacking: tuple[Lacking, ...] = ()
    outside: int = 0


def read_project(project: ProjectInput, workspace_root: Path) -> Reading:
    """Unite a project's data files; those that are about other sources are refused."""
    own = project.root / DATA_FILE
    files = [path for path in (own, *project.shards) if path != own or path.exists()]
    refused = _refused(files, project.root)
    found = gather([path for path in files if path not in refused])
    refused |= {entry.path: entry.reason for entry in found.damaged}
    lacking = tuple(
        Lacking((Path(project.source) / DATA_FILE).as_posix(), reason)
        if path == own
        else Lacking(path.as_posix(), reason, shard=True)
        for path, reason in sorted(refused.items())
    )
    if not found.files:
        return Reading(None, lacking=lacking)
    executed, outside = _named(found.executed, project.root, workspace_root)
    return Reading(executed, found.parts, lacking, outside)


def _refused(files: Sequence[Path], root: Path) -> dict[Path, str]:
    refused = {}
    noted = {}
    for path in files:
        try:
            noted[path] = noted_sources(path)
        except FileNotFoundError:
            refused[path] = "is not there"
        except DataFileError as error:
            refused[path] = str(error)
    now = digests(root, {name for sources in noted.values() for name in sources})
    for path, sources in noted.items():
        if changed := differing(sources, now):
            others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            refused[path] = f"is about other sources: `{changed[0]}`{others} changed since"
    return refused


def _named(executed: Executed, root: Path, workspace_root: Path) -> tuple[Executed, int]:
    # What moonpool wrote has the project's names; asking for them would import coverage.py.
    if not any(Path(name).is_absolute() for name in executed.files):
        return executed, 0
    return rename(executed, project_names(root, workspace_root))
