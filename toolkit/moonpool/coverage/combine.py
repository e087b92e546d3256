"""Unites all projects' data into the workspace's, and says of each project what is known.

What cannot be read is named and left out; everything else is combined all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.coverage.combined import (
    COMBINED_FOLDER,
    Combined,
    CombinedProject,
    share_file,
    write_manifest,
)
from moonpool.coverage.datafile import DataFileError, read_data_file, write_data_file
from moonpool.coverage.executed import Executed, unite
from moonpool.coverage.sources import changed_since
from moonpool.coverage.workspace import DATA_FILE, ProjectInput, shares, workspace_names
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["combine", "data_error"]

# Why a project whose tests ended so may have left no data, by moon's word for their end.
_REASONS = {
    "passed": "its tests passed without measuring coverage",
    "cached": "its tests were cached without coverage",
    "cached-from-remote": "its tests were cached without coverage",
    "failed": "its tests failed before coverage was written",
    "timed-out": "its tests ran out of time before coverage was written",
    "aborted": "its tests were stopped before coverage was written",
    "skipped": "its tests were skipped",
}


def combine(projects: Sequence[ProjectInput], workspace_root: Path) -> Combined:
    """Unite the data of all ``projects`` and write it to the workspace's combined folder.

    A project whose data is missing or unreadable is named and the others are combined. Raises
    MoonpoolError when two projects have the same id, OSError when the folder cannot be written.
    """
    _require_distinct(projects)
    ordered = sorted(projects, key=lambda project: project.id)
    data, unreadable = _readable(ordered)
    named = {}
    outside = 0
    for project in ordered:
        if project.id in data:
            named[project.id], strangers = workspace_names(project.source, data[project.id])
            outside += strangers
    parts = shares(ordered, named)
    kinds = {executed.branches for executed in named.values() if executed.files}
    combined = Combined(
        workspace_root / COMBINED_FOLDER,
        tuple(_known(project, data, unreadable, parts) for project in ordered),
        len(kinds) > 1,
        outside,
    )
    _write(combined, unite(list(named.values()), branches=kinds == {True}), parts)
    return combined


def _readable(projects: Sequence[ProjectInput]) -> tuple[dict[str, Executed], dict[str, str]]:
    data = {}
    unreadable = {}
    for project in projects:
        try:
            found = read_data_file(project.root / DATA_FILE)
            _require_fresh(project)
            data[project.id] = found
        except FileNotFoundError:
            continue
        except DataFileError as error:
            unreadable[project.id] = str(error)
    return data, unreadable


def _require_fresh(project: ProjectInput) -> None:
    changed = changed_since(project.root / DATA_FILE, project.root)
    if changed:
        others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise DataFileError(f"is about other sources: `{changed[0]}`{others} changed since")


def _require_distinct(projects: Sequence[ProjectInput]) -> None:
    ids = [project.id for project in projects]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise MoonpoolError(
            f"found two projects with the id `{twice[0]}`, expected one",
            hint="run `moon query projects` and rename one of them",
            slug="coverage-duplicate-project",
            exit_code=ExitCode.COVERAGE,
        )


def _write(combined: Combined, united: Executed, parts: Mapping[str, Executed]) -> None:
    write_data_file(combined.folder / "coverage", united)
    for project_id, part in parts.items():
        write_data_file(share_file(combined.folder, project_id), part)
    current = {share_file(combined.folder, project_id) for project_id in parts}
    for left in set(combined.folder.glob("projects/*")) - current:
        left.unlink()
    write_manifest(combined)


def _known(
    project: ProjectInput,
    data: Mapping[str, Executed],
    unreadable: Mapping[str, str],
    parts: Mapping[str, Executed],
) -> CombinedProject:
    if project.id in data:
        known, reason = "present", ""
    elif project.id in unreadable:
        known, reason = "unreadable", unreadable[project.id]
    else:
        known, reason = "missing", _REASONS.get(project.state, "its tests have not been run")
    return CombinedProject(
        project.id, project.source, project.state, known, reason, project.id in parts
    )


def data_error(project: CombinedProject) -> MoonpoolError:
    """Return the error that names an unreadable project's file and how to make it anew."""
    path = (Path(project.source) / DATA_FILE).as_posix()
    return MoonpoolError(
        f"`{path}` of project `{project.id}` {project.reason}",
        hint=f"run `moon run {project.id}:test --force`",
        slug="coverage-data-unreadable",
        exit_code=ExitCode.COVERAGE,
    )
