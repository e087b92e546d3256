"""The committed baseline of the ratchet: a small file, the same bytes for the same numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from moonpool.coverage.gates import Former, uncovered
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.files import read_versioned_json, write_versioned_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from moonpool.coverage.numbers import ProjectNumbers

__all__ = ["raised", "read_baseline", "write_baseline"]

_VERSION = 1


def read_baseline(path: Path) -> dict[str, Former]:
    """Return each project's former numbers; empty without a file, MoonpoolError for a bad one."""
    if not path.exists():
        return {}
    content = read_versioned_json(path, _VERSION)
    try:
        assert content is not None
        return {name: Former(**former) for name, former in content["projects"].items()}
    except (AssertionError, KeyError, TypeError, AttributeError):
        raise MoonpoolError(
            f"`{path}` is no baseline that this moonpool can read",
            hint="restore it from git, or delete it and run `moonpool coverage baseline`",
            slug="coverage-baseline",
            exit_code=ExitCode.COVERAGE,
        ) from None


def raised(
    before: Mapping[str, Former], projects: Iterable[ProjectNumbers], *, lower: bool
) -> tuple[dict[str, Former], tuple[str, ...]]:
    """Return the new baseline, and the ids of the projects that it leaves where they were.

    A percentage only rises, unless no more than before is uncovered or ``lower`` says otherwise.
    Projects without data stay; those that are gone are left out.
    """
    after: dict[str, Former] = {}
    kept = []
    for project in projects:
        old = before.get(project.id)
        if project.measured:
            now = _former(project)
            worse = old and now.percent < old.percent and now.uncovered > old.uncovered
            if old and worse and not lower:
                kept.append(project.id)
            else:
                old = now
        if old:
            after[project.id] = old
    return after, tuple(kept)


def _former(project: ProjectNumbers) -> Former:
    numbers = project.numbers
    counts = {file.path: uncovered(file.numbers) for file in project.files}
    files = {path: count for path, count in sorted(counts.items()) if count}
    return Former(round(numbers.percent, 4), uncovered(numbers), files)


def write_baseline(path: Path, baseline: Mapping[str, Former]) -> None:
    """Write the file whole."""
    projects = {name: asdict(baseline[name]) for name in sorted(baseline)}
    write_versioned_json(path, _VERSION, {"projects": projects})
