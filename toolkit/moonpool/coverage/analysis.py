"""Analyses each project's files with that project's own coverage settings.

One ``coverage.Coverage`` per project does it, through coverage.py's documented API alone: its
exclusions, omitted files, branches and plugins are the project's, the names of files are the
workspace's. The working directory is the workspace's root as long as the reporters are in use,
because coverage.py shortens names by it.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage import Coverage
from coverage.exceptions import ConfigError, CoverageException, NoDataError

from moonpool.coverage.combined import read_share
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, rename
from moonpool.coverage.measure import inside
from moonpool.coverage.remembering import RememberingCoverage
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.coverage.combined import Combined, CombinedProject

__all__ = ["Analysed", "analysed"]


@dataclass(frozen=True)
class Analysed:
    """A project that has something to report: its reporter and what coverage.py's JSON says of it.

    ``problems`` are sentences about files that could not be analysed.
    """

    project: CombinedProject
    coverage: Coverage
    branches: bool
    record: dict[str, Any]
    problems: tuple[str, ...]


@contextlib.contextmanager
def analysed(
    combined: Combined,
    projects: Sequence[CombinedProject],
    workspace_root: Path,
    *,
    remember: bool = False,
) -> Iterator[tuple[list[Analysed], list[MoonpoolError]]]:
    """Analyse ``projects`` for the length of a block; those that cannot be are given as errors.

    With ``remember`` the reports that follow take little time and all files' analyses memory.
    """
    kind = RememberingCoverage if remember else Coverage
    found = []
    errors = []
    root = workspace_root.resolve()
    with tempfile.TemporaryDirectory(prefix="moonpool-coverage-") as scratch, inside(root):
        for number, project in enumerate(projects):
            if not project.share:
                continue
            try:
                share = read_share(combined, project)
                found.append(_analyse(project, share, root, Path(scratch, str(number)), kind))
            except (CoverageException, ConfigError, ImportError) as error:
                errors.append(_refused(project, error))
            except MoonpoolError as error:
                errors.append(error)
        yield found, errors


def _analyse(
    project: CombinedProject, share: Executed, root: Path, scratch: Path, kind: type[Coverage]
) -> Analysed:
    present, gone = rename(share, lambda name: _existing(root / name))
    write_data_file(scratch, present)
    coverage = _reporter(root / project.source, scratch, kind)
    if any(context for run in present.files.values() for context in (*run.lines, *run.arcs)):
        coverage.set_option("html:show_contexts", True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        coverage.load()
        record = _record(coverage, scratch.with_suffix(".json"))
    problems = [str(warning.message) for warning in caught]
    if gone:
        problems.append(f"{gone} measured {'file is' if gone == 1 else 'files are'} gone from disk")
    return Analysed(project, coverage, share.branches, record, tuple(problems))


def _existing(path: Path) -> str | None:
    return str(path) if path.is_file() else None


def _reporter(project_root: Path, data_file: Path, kind: type[Coverage]) -> Coverage:
    with inside(project_root):
        coverage = kind(data_file=str(data_file))
    omitted = [*_patterns(coverage, "report:omit"), *_patterns(coverage, "run:omit")]
    # What a project leaves out of its own measurement stays out when another's tests ran it.
    coverage.set_option("report:omit", [_anchored(entry, project_root) for entry in omitted])
    included = [_anchored(entry, project_root) for entry in _patterns(coverage, "report:include")]
    coverage.set_option("report:include", included)
    style = coverage.get_option("html:extra_css")
    if style:
        coverage.set_option("html:extra_css", str(project_root / str(style)))
    # Paths have been mapped when the project's file was written; and a Cobertura file whose names
    # are the workspace's has no other source root than the workspace's.
    coverage.set_option("paths", {})
    coverage.set_option("run:source", [])
    return coverage


def _patterns(coverage: Coverage, option: str) -> list[str]:
    value = coverage.get_option(option)
    return [str(entry) for entry in value] if isinstance(value, (list, tuple)) else []


def _anchored(pattern: str, project_root: Path) -> str:
    # coverage.py anchors a pattern at the working directory unless it begins with a wildcard.
    return pattern if pattern.startswith(("*", "?")) else str(project_root / pattern)


def _record(coverage: Coverage, scratch: Path) -> dict[str, Any]:
    try:
        coverage.json_report(outfile=str(scratch), ignore_errors=True)
    except NoDataError:
        # All of the project's files are omitted, or none of them was ever found.
        return {"files": {}}
    record: dict[str, Any] = json.loads(scratch.read_text(encoding="utf-8"))
    record["files"] = {name.replace("\\", "/"): file for name, file in record["files"].items()}
    return record


def _refused(project: CombinedProject, error: Exception) -> MoonpoolError:
    return MoonpoolError(
        f"coverage.py cannot analyse project `{project.id}`: {error}",
        hint=f"run `coverage debug config` in `{project.source}`",
        slug="coverage-analysis",
        exit_code=ExitCode.COVERAGE,
    )
