"""How a task finds the programs of the Python environment.

moon gives its tasks the PATH that it was started with and nothing of a virtualenv, so a workspace
chooses once: whatever is on PATH, the virtualenv at the workspace's root, or `uv run`.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.moon.workspace import Workspace

__all__ = ["Runner", "choose_runner", "parse_runner", "venv_runner"]

# A relative program is found only from the workspace's root, where pytest must not run: it takes
# the current folder for its root and puts it first on sys.path.
_PYTEST_IN_PROJECT = (
    'import os, runpy; os.chdir(os.environ["MOON_PROJECT_ROOT"]); '
    'runpy.run_module("pytest", run_name="__main__", alter_sys=True)'
)
_UV = ("uv", "run", "--no-sync")
_FOLDER = re.compile(r"[\w.+-]+(/[\w.+-]+)*")


@dataclass(frozen=True)
class Runner:
    """One way to start `moonpool`, `pytest` and `python`.

    ``programs`` is the virtualenv's folder of programs, relative to the workspace's root; empty
    unless ``name`` is `venv`.
    """

    name: str
    programs: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.programs}" if self.programs else self.name

    @property
    def from_workspace_root(self) -> bool:
        """Whether the commands are relative to the workspace's root."""
        return self.name == "venv"

    @property
    def moonpool(self) -> tuple[str, ...]:
        return (*self._before, self._program("moonpool"))

    @property
    def python(self) -> tuple[str, ...]:
        return (*self._before, self._program("python"))

    @property
    def pytest(self) -> tuple[str, ...]:
        if self.from_workspace_root:
            return (*self.python, "-c", _PYTEST_IN_PROJECT)
        return (*self.python, "-m", "pytest")

    @property
    def _before(self) -> tuple[str, ...]:
        return _UV if self.name == "uv" else ()

    def _program(self, name: str) -> str:
        if not self.programs:
            return name
        # moon starts the program itself, without a shell that would add the ending on Windows.
        return f"{self.programs}/{name}{'.exe' if self.programs.endswith('Scripts') else ''}"


def venv_runner(venv: str, workspace: Workspace, *, windows: bool) -> Runner:
    """Return the runner for the virtualenv at ``venv``, a path relative to the workspace's root.

    Raises MoonpoolError for a path that lies elsewhere or would need quoting in a command.
    """
    folder = venv.replace("\\", "/").removeprefix("./").rstrip("/")
    if not _FOLDER.fullmatch(folder) or ".." in folder.split("/"):
        raise MoonpoolError(
            f"found `{venv}` as the virtualenv, expected a path below `{workspace.root}`",
            hint="run `moonpool init --runner venv --venv .venv`",
            slug="runner",
            exit_code=ExitCode.USAGE,
        )
    return Runner("venv", f"{folder}/{'Scripts' if windows else 'bin'}")


def choose_runner(
    workspace: Workspace, venv: str, *, environ: Mapping[str, str], windows: bool
) -> Runner:
    """Return the runner that fits what lies in the workspace: uv, its virtualenv, or PATH."""
    if (workspace.root / "uv.lock").is_file() and shutil.which("uv", path=environ.get("PATH")):
        return Runner("uv")
    if (workspace.root / venv).is_dir():
        return venv_runner(venv, workspace, windows=windows)
    return Runner("path")


def parse_runner(text: str) -> Runner | None:
    """Return the runner that ``str(runner)`` wrote, or None for anything else."""
    name, _, programs = text.partition(":")
    if name == "venv" and _FOLDER.fullmatch(programs):
        return Runner(name, programs)
    return Runner(name) if text in ("path", "uv") else None
