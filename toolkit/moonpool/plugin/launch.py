"""`moonpool test`: this process becomes pytest, with measuring begun before pytest is imported.

Everything else is decided by the plugin, in the same way as for a plain `pytest -n auto`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.config import find_places, find_project_root, read_settings
from moonpool.coverage import wanted
from moonpool.errors import MoonpoolError
from moonpool.plugin.names import LAUNCH
from moonpool.plugin.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.plugin.measuring import RunCoverage

__all__ = ["Launch", "become_pytest"]


class Launch:
    """The plugin whose presence says that `moonpool test` started this pytest."""

    def __init__(self, coverage: RunCoverage | None) -> None:
        self.__name__ = LAUNCH  # pluggy registers an object under this attribute.
        self.coverage = coverage


def become_pytest(arguments: Sequence[str]) -> int:
    """Run pytest in the current project with the given arguments and return its exit code."""
    _enter_project()
    # As `python -m pytest` has it; a console script has its own folder here.
    sys.path[0] = str(Path.cwd())
    sys.argv = ["pytest", *arguments]
    if _is_switched_off(arguments):
        return _run_pytest(arguments, ())
    coverage = _start_coverage()
    launch = Launch(coverage)
    code = _run_pytest(arguments, (launch,))
    if coverage is not None:
        say(coverage.finish())
    return code


def _enter_project() -> None:
    # A task template may run its command from the workspace root, where a relative path to the
    # virtual environment is the same for all projects; the project is then in moon's variable.
    project_root = os.environ.get("MOON_PROJECT_ROOT")
    if project_root and os.environ.get("MOON_WORKSPACE_ROOT") == str(Path.cwd()):
        os.chdir(project_root)


def _is_switched_off(arguments: Sequence[str]) -> bool:
    words = " ".join(arguments)
    return "-p no:moonpool" in words or "-pno:moonpool" in words


def _start_coverage() -> RunCoverage | None:
    places = find_places(find_project_root(Path.cwd()), os.environ)
    try:
        settings = read_settings(places, os.environ)
    except MoonpoolError:
        return None  # The plugin meets the same error and reports it as pytest does.
    if not wanted(places.project_root, settings.coverage):
        return None
    from moonpool.plugin.measuring import RunCoverage

    return RunCoverage.start(places, contexts=settings.contexts)


def _run_pytest(arguments: Sequence[str], plugins: Sequence[object]) -> int:
    # What `pytest.console_main` does, which takes no plugin objects.
    import pytest

    # Once pytest has begun it looks into each module of a plugin's package for asserts to rewrite,
    # which makes the import of ours take twice as long.
    import moonpool.plugin.controller  # noqa: F401

    try:
        code = pytest.main(list(arguments), plugins=[*plugins])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return int(code)
