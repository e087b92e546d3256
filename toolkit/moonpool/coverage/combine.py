"""Unites all projects' data into the workspace's, and says of each project what is known.

What cannot be read is named and left out; everything else is combined all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.coverage.combined import (
    COMBINED_FOLDER,
    Combined,
    CombinedProject,
    Lacking,
    share_file,
    write_manifest,
)
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, unite
from moonpool.coverage.foreign import foreign_shares, read_inputs, write_foreign_shares
from moonpool.coverage.reading import read_project
from moonpool.coverage.workspace import DATA_FILE, ProjectInput, shares, workspace_names
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moonpool.coverage.foreign import Inputs
    from moonpool.coverage.reading import Reading

__all__ = ["combine", "data_errors", "shard_errors"]

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
_NOT_RUN = "its tests have not been run"

# The same where the workspace's configuration names a file that they should leave.
_REASONS_OF_DECLARED = {
    "passed": "its tests left no `{}`",
    "cached": "its tests were cached without `{}`",
    "cached-from-remote": "its tests were cached without `{}`",
}


@dataclass(frozen=True)
class _Found:
    """What was read, by project id, and what belongs to whom."""

    readings: Mapping[str, Reading]
    told: Mapping[str, Inputs]
    parts: Mapping[str, Executed]
    foreign: Mapping[str, object]

    def has(self, project: ProjectInput) -> bool:
        """Whether any data of a project could be read."""
        told = self.told.get(project.id)
        own = self.readings[project.id].executed is not None
        return own or (told is not None and told.read)

    def lacking(self, project: ProjectInput) -> tuple[Lacking, ...]:
        """The data files of a project that are named by somebody and could not be read."""
        told = self.told.get(project.id)
        return (*self.readings[project.id].lacking, *(told.lacking if told else ()))


def combine(projects: Sequence[ProjectInput], workspace_root: Path) -> Combined:
    """Unite the data of all ``projects`` and write it to the workspace's combined folder.

    A project whose data is missing or unreadable is named and the others are combined. Raises
    MoonpoolError when two projects have the same id, OSError when the folder cannot be written.
    """
    _require_distinct(projects)
    ordered = sorted(projects, key=lambda project: project.id)
    readings = {project.id: read_project(project, workspace_root) for project in ordered}
    told = {entry.id: read_inputs(entry, workspace_root) for entry in ordered if entry.inputs}
    named = {}
    outside = sum(inputs.outside for inputs in told.values())
    outside += sum(reading.outside for reading in readings.values())
    for project in ordered:
        executed = readings[project.id].executed
        if executed is not None:
            named[project.id], strangers = workspace_names(project.source, executed)
            outside += strangers
    parts = shares(ordered, named)
    foreign = foreign_shares(
        ordered, told, {path for part in parts.values() for path in part.files}
    )
    found = _Found(readings, told, parts, foreign)
    kinds = {executed.branches for executed in named.values() if executed.files}
    combined = Combined(
        workspace_root / COMBINED_FOLDER,
        tuple(_known(project, found) for project in ordered),
        len(kinds) > 1,
        outside,
    )
    _write(combined, unite(list(named.values()), branches=kinds == {True}), parts)
    write_foreign_shares(combined.folder, foreign)
    write_manifest(combined)
    return combined


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


def _known(project: ProjectInput, found: _Found) -> CombinedProject:
    lacking = found.lacking(project)
    refused = [file for file in lacking if file.reason]
    if found.has(project):
        known, reason = "present", ""
    elif refused:
        known, reason = "unreadable", refused[0].reason
    else:
        known, reason = "missing", _why_missing(project, lacking)
    return CombinedProject(
        project.id,
        project.source,
        project.state,
        known,
        reason,
        share=project.id in found.parts,
        foreign=project.id in found.foreign,
        declared=bool(project.inputs),
        lacking=lacking,
        parts=tuple(sorted(found.readings[project.id].parts)),
    )


def _why_missing(project: ProjectInput, lacking: Sequence[Lacking]) -> str:
    reasons = _REASONS_OF_DECLARED if lacking else _REASONS
    reason = reasons.get(project.state) or _REASONS.get(project.state, _NOT_RUN)
    return reason.format(lacking[0].path if lacking else "")


def data_errors(project: CombinedProject) -> tuple[MoonpoolError, ...]:
    """Return an error for each unreadable file of a project: its name, and how to make it anew."""
    return tuple(
        MoonpoolError(
            f"`{file.path}` of project `{project.id}` {file.reason}",
            hint=_hint(project, file),
            slug="coverage-data-unreadable",
            exit_code=ExitCode.COVERAGE,
        )
        for file in project.lacking
        if file.reason
    )


def shard_errors(project: CombinedProject) -> tuple[MoonpoolError, ...]:
    """Return an error where a shard of a project's tests left nothing, and others did."""
    if not project.lacks_shards:
        return ()
    error = MoonpoolError(
        f"found data of project `{project.id}` {project.lacks_shards}",
        hint="run the jobs of those shards again, and name all that they left",
        slug="coverage-shard-missing",
        exit_code=ExitCode.COVERAGE,
    )
    return (error,)


def _hint(project: CombinedProject, file: Lacking) -> str:
    if file.shard:
        return "run the job that wrote it again, at the commit that is checked out here"
    again = f"run `moon run {project.id}:test --force`"
    own = file.path == (Path(project.source) / DATA_FILE).as_posix()
    return again if own else f"{again}, or correct `[tool.moonpool.coverage-inputs]`"
