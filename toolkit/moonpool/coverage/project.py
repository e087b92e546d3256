"""One project's data file, made of what its processes left or of what another tool wrote.

The file is a moon output: the same data gives the same bytes whatever the workers did and wherever
the checkout lies, so there is no absolute path, no time and no command line in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import rename
from moonpool.coverage.gather import gather
from moonpool.coverage.measure import KEPT_PREFIX, LIVE_PREFIX
from moonpool.coverage.origin import Origin, note_origin
from moonpool.coverage.parts import ALL
from moonpool.coverage.paths import project_names
from moonpool.coverage.sources import digests, note_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moonpool.coverage.gather import DamagedFile
    from moonpool.coverage.parts import Parts

__all__ = ["ProjectData", "adopt", "note", "write_project_data"]


@dataclass(frozen=True)
class ProjectData:
    """What became of a project's data.

    ``path`` is None when no process left anything usable. ``unfinished`` names processes that were
    killed: what they ran since their last boundary is lost. ``outside`` counts measured files that
    were left out because they lie outside the workspace, ``installed`` names those of them that
    are of installed packages.
    """

    path: Path | None
    processes: int
    files: int
    branches: bool
    damaged: tuple[DamagedFile, ...] = ()
    unfinished: tuple[str, ...] = ()
    outside: int = 0
    installed: tuple[str, ...] = ()


def write_project_data(
    project_root: Path,
    data_dir: Path,
    output: Path,
    *,
    workspace_root: Path | None = None,
    parts: Parts = ALL,
) -> ProjectData:
    """Unite all process files of ``data_dir`` into ``output``, which is replaced whole.

    Paths are written as seen from the project. Without ``workspace_root`` the project is the whole
    world. ``parts`` are those of the project's tests that ran. When nothing usable is found an
    ``output`` of an earlier run is removed, since it would pass for this run's. Raises OSError when
    ``output`` cannot be written.
    """
    kept = sorted(data_dir.glob(f"{KEPT_PREFIX}*"))
    live = sorted(data_dir.glob(f"{LIVE_PREFIX}*"))
    unfinished = {path.name.removeprefix(KEPT_PREFIX).rpartition(".")[0] for path in kept}
    return _write(
        project_root,
        [*live, *(path for path in kept if path.stat().st_size)],
        output,
        workspace_root,
        parts,
        tuple(sorted(unfinished)),
    )


def adopt(
    project_root: Path,
    data_file: Path,
    output: Path,
    *,
    workspace_root: Path | None = None,
    parts: Parts = ALL,
) -> ProjectData:
    """Write the data file of pytest-cov or `coverage run` as the project's, in the same form."""
    return _write(project_root, [data_file], output, workspace_root, parts, ())


def _write(
    project_root: Path,
    inputs: Iterable[Path],
    output: Path,
    workspace_root: Path | None,
    parts: Parts,
    unfinished: tuple[str, ...],
) -> ProjectData:
    found = gather(list(inputs))
    if not found.files:
        output.unlink(missing_ok=True)
        return ProjectData(None, 0, 0, False, found.damaged, unfinished)
    name = project_names(project_root, workspace_root or project_root)
    names = {path: name(path) for path in found.executed.files}
    executed, outside = rename(found.executed, names.get)
    sources = digests(project_root, executed.files)
    origin = Origin(_folder(project_root, workspace_root), parts)
    write_data_file(output, executed, complete=lambda aside: note(aside, sources, origin))
    return ProjectData(
        output,
        found.files,
        len(executed.files),
        executed.branches,
        found.damaged,
        unfinished,
        outside,
        tuple(path for path, known in names.items() if known is None and _is_installed(path)),
    )


def note(data_file: Path, sources: Mapping[str, str], origin: Origin) -> None:
    """Write into a data file what it is about and of."""
    note_sources(data_file, sources)
    note_origin(data_file, origin)


def _folder(project_root: Path, workspace_root: Path | None) -> str | None:
    if workspace_root is None:
        return None
    return project_root.resolve().relative_to(workspace_root.resolve()).as_posix()


def _is_installed(path: str) -> bool:
    return not {"site-packages", "dist-packages"}.isdisjoint(Path(path).parts)
