"""Which project each data file of another job is of: as the file itself says, else by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.datafile import DataFileError
from moonpool.coverage.origin import noted_origin
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["by_project"]


def by_project(
    files: Iterable[Path], projects: Mapping[str, str]
) -> tuple[dict[str, tuple[Path, ...]], list[MoonpoolError]]:
    """Return the files by project id, and an error for each file that is no project's.

    ``projects`` are the ids of all projects by their folders in the workspace.
    """
    found: dict[str, tuple[Path, ...]] = {}
    errors = []
    for path in files:
        try:
            owner = projects[_folder(path, projects)]
        except (DataFileError, FileNotFoundError) as error:
            reason = str(error) if isinstance(error, DataFileError) else "is not there"
            errors.append(_unreadable(path, reason))
        except MoonpoolError as error:
            errors.append(error)
        else:
            found[owner] = (*found.get(owner, ()), path)
    return found, errors


def _folder(path: Path, projects: Mapping[str, str]) -> str:
    said = noted_origin(path).project
    if said is None:
        said = _by_path(path, projects)
        if said is None:
            raise _nobodys(path)
    elif said not in projects:
        raise _strangers(path, said, projects)
    return said


def _by_path(path: Path, projects: Mapping[str, str]) -> str | None:
    folder = path.absolute().parent
    place = (folder.parent if folder.name == ".moonpool" else folder).as_posix()
    holding = [source for source in projects if place.endswith(f"/{source}")]
    if not holding and len(projects) == 1:
        return next(iter(projects))
    return max(holding, key=len, default=None)


def _unreadable(path: Path, reason: str) -> MoonpoolError:
    return MoonpoolError(
        f"`{path}` {reason}",
        hint="run the job that wrote it again, or leave it out",
        slug="coverage-data-unreadable",
        exit_code=ExitCode.COVERAGE,
    )


def _nobodys(path: Path) -> MoonpoolError:
    return MoonpoolError(
        f"`{path}` does not say which project it is of, and neither does its path",
        hint="let `moonpool test` write it, or keep it in a folder named as its project's",
        slug="coverage-nobodys-data",
        exit_code=ExitCode.COVERAGE,
    )


def _strangers(path: Path, said: str, projects: Iterable[str]) -> MoonpoolError:
    expected = ", ".join(f"`{source}`" for source in sorted(projects))
    return MoonpoolError(
        f"`{path}` is data of `{said}`, expected a project's folder: one of {expected}",
        hint="check out the commit whose tests wrote it",
        slug="coverage-nobodys-data",
        exit_code=ExitCode.COVERAGE,
    )
