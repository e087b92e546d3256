"""`[tool.moonpool.coverage-inputs]`: the files in which other tools leave a project's coverage."""

from __future__ import annotations

from moonpool.config.checks import config_error

__all__ = ["read_coverage_inputs"]

_WHERE = "[tool.moonpool.coverage-inputs]"
_HINT = 'write frontend = "coverage/lcov.info", a file seen from the project\'s folder'


def read_coverage_inputs(table: object) -> dict[str, tuple[str, ...]]:
    """Read the table: the files by project id. Raises MoonpoolError for what cannot be meant."""
    if not isinstance(table, dict):
        raise config_error(f"{_WHERE} is {table!r}, expected a table", _HINT)
    return {project: _files(project, found) for project, found in table.items()}


def _files(project: str, found: object) -> tuple[str, ...]:
    files = [found] if isinstance(found, str) else found
    if not isinstance(files, list) or not files:
        raise _refused(project, found)
    if not all(isinstance(file, str) and file for file in files):
        raise _refused(project, found)
    return tuple(dict.fromkeys(files))


def _refused(project: str, found: object) -> Exception:
    return config_error(f"`{project}` in {_WHERE} is {found!r}, expected files", _HINT)
