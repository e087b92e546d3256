"""Whether a project asks for coverage, known from its files without importing coverage.py.

This is asked before every test run, so it reads only what coverage.py itself would look at.
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["wanted"]

# Files that are coverage.py's alone, and count whatever they hold; then those it shares.
_OWN_FILES = (".coveragerc", ".coveragerc.toml")
_SHARED_INI_FILES = ("setup.cfg", "tox.ini")


def wanted(
    project_root: Path, setting: bool | None, *, environ: Mapping[str, str] = os.environ
) -> bool:
    """Whether coverage is to be measured in a project.

    ``setting`` is `[tool.moonpool] coverage` and wins; None leaves it to the project, which asks
    for coverage by having a configuration of coverage.py's own.
    """
    if setting is not None:
        return setting
    if environ.get("COVERAGE_RCFILE"):
        return True
    return (
        any((project_root / name).is_file() for name in _OWN_FILES)
        or any(_ini_has_settings(project_root / name) for name in _SHARED_INI_FILES)
        or _pyproject_has_settings(project_root / "pyproject.toml")
    )


def _ini_has_settings(path: Path) -> bool:
    text = _text(path)
    if "coverage:" not in text:
        return False
    import configparser  # Some milliseconds that most projects need not spend.

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        # The measurement reads the file again and says what is wrong with it.
        return True
    return any(name.startswith("coverage:") and parser.options(name) for name in parser.sections())


def _pyproject_has_settings(path: Path) -> bool:
    text = _text(path)
    if "coverage" not in text:
        return False
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return "[tool.coverage" in text
    return isinstance(tool, dict) and bool(tool.get("coverage"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
