"""Which moon workspace a folder lies in, and the files that describe it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONFIG_ENDINGS", "Workspace", "find_workspace", "major_by_files"]

# The formats moon reads its configuration from.
CONFIG_ENDINGS = ("yml", "yaml", "json", "jsonc", "toml", "hcl", "pkl")


@dataclass(frozen=True)
class Workspace:
    """A folder with `.moon/workspace.*` in it."""

    root: Path

    @property
    def config_file(self) -> Path | None:
        """The workspace's configuration, or None when somebody removed it since."""
        return _config_file(self.root)


def find_workspace(start: Path, *, environ: Mapping[str, str]) -> Workspace:
    """Return the workspace that contains ``start``.

    ``MOON_WORKSPACE_ROOT`` is believed only where it fits, because a child process may run
    elsewhere than the task that started it. Raises MoonpoolError when there is no workspace.
    """
    start = start.resolve()
    if named := environ.get("MOON_WORKSPACE_ROOT"):
        root = Path(named).resolve()
        if start.is_relative_to(root):
            return Workspace(root)
    for folder in (start, *start.parents):
        if _config_file(folder) is not None:
            return Workspace(folder)
    raise MoonpoolError(
        f"found no moon workspace around `{start}`, expected `.moon/workspace.yml` there or above",
        hint="run `moon init` in the folder that shall be the workspace's root",
        slug="no-workspace",
        exit_code=ExitCode.NO_WORKSPACE,
    )


def major_by_files(workspace: Workspace) -> int:
    """Return the major version of moon that the workspace's files are written for."""
    moon = workspace.root / ".moon"
    # moon 2 renamed toolchain.yml, and chooses inherited tasks by content instead of file names.
    old = (moon / "toolchain.yml", moon / "tasks.yml", *(moon / "tasks").rglob("tag-*.yml"))
    return 1 if any(file.is_file() for file in old) else 2


def _config_file(folder: Path) -> Path | None:
    # A bare `.moon` is not enough: `~/.moon` is where moon keeps its own tools.
    files = (folder / ".moon" / f"workspace.{ending}" for ending in CONFIG_ENDINGS)
    return next((file for file in files if file.is_file()), None)
