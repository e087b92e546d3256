"""Which projects should have coverage, what became of their tests, and what other tools leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool import moon as moons
from moonpool.config import find_places, read_settings
from moonpool.coverage.finding import data_files
from moonpool.coverage.owners import by_project
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["expected_inputs"]


def expected_inputs(
    workspace: moons.Workspace, environ: Mapping[str, str], paths: Sequence[Path] = ()
) -> tuple[list[ProjectInput], list[MoonpoolError]]:
    """Return all projects that should have coverage, and errors for what is of no project.

    ``paths`` are further data files, or folders that hold some. Raises MoonpoolError when there
    are none in them.
    """
    settings = read_settings(find_places(workspace.root, environ), environ)
    declared = settings.coverage_inputs or {}
    projects = moons.list_projects(workspace, environ=environ)
    known = [project.id for project in projects]
    strangers = [_stranger(name, known) for name in declared if name not in known]
    sources = {project.source: project.id for project in projects}
    shards, errors = by_project(data_files(paths) if paths else (), sources)
    return _inputs(workspace, projects, declared, environ, shards), [*strangers, *errors]


def _inputs(
    workspace: moons.Workspace,
    projects: Sequence[moons.Project],
    declared: Mapping[str, tuple[str, ...]],
    environ: Mapping[str, str],
    shards: Mapping[str, tuple[Path, ...]],
) -> list[ProjectInput]:
    # moon writes its report when a run ends, so inside of a run it is an older run's. But there a
    # task is started only when all that it depends on has passed.
    inside = "MOON_TARGET" in environ
    states = {} if inside else moons.read_run_report(workspace)
    unknown = "passed" if inside else "not run"
    return [
        ProjectInput(
            project.id,
            project.source,
            project.root,
            states.get(f"{project.id}:test", unknown),
            declared.get(project.id, ()),
            shards.get(project.id, ()),
        )
        for project in projects
        if project.id in declared or project.id in shards or _is_tested(project)
    ]


def _is_tested(project: moons.Project) -> bool:
    # A project without the task may still have data, from tests that are run in another way.
    named = "pytest" in project.tags or "test" in project.tasks
    return named or (project.root / DATA_FILE).is_file()


def _stranger(name: str, known: Sequence[str]) -> MoonpoolError:
    expected = ", ".join(f"`{project}`" for project in known)
    return MoonpoolError(
        f"found `{name}` in [tool.moonpool.coverage-inputs], expected one of {expected}",
        hint="run `moon query projects` to see the ids",
        slug="coverage-unknown-project",
        exit_code=ExitCode.COVERAGE,
    )
