"""Where things lie for one project: its root, its workspace, and what moonpool keeps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Places", "find_places", "find_project_root"]

# Files that mark a project's folder, as pytest looks for them, and moon's own.
_PROJECT_FILES = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "moon.yml")


class Places(NamedTuple):
    """The folders of one project.

    ``workspace_root`` is None outside a moon workspace; ``project`` is moon's id where moon runs
    the task, else the project's path within the workspace, else its folder's name.
    """

    project_root: Path
    workspace_root: Path | None
    project: str

    @property
    def own_folder(self) -> Path:
        """The git-ignored folder that holds what moonpool makes for this project."""
        return self.project_root / ".moonpool"

    @property
    def history_file(self) -> Path:
        """The project's history: in moon's cache folder, so that CI caches carry it."""
        if self.workspace_root is None:
            return self.own_folder / "history.jsonl"
        return self._cache / "history" / f"{self._file_name}.jsonl"

    @property
    def journal_folder(self) -> Path:
        """The folder of the project's journals, one file for each run."""
        if self.workspace_root is None:
            return self.own_folder / "journal"
        return self._cache / "journal" / self._file_name

    @property
    def databases_folder(self) -> Path:
        """The folder of the project's SQLite templates."""
        if self.workspace_root is None:
            return self.own_folder / "databases"
        return self._cache / "databases" / self._file_name

    @property
    def all_databases_folders(self) -> list[Path]:
        """Those of all projects of the workspace."""
        if self.workspace_root is None:
            return [self.databases_folder]
        return sorted((self._cache / "databases").glob("*"))

    @property
    def _cache(self) -> Path:
        assert self.workspace_root is not None
        return self.workspace_root / ".moon" / "cache" / "moonpool"

    @property
    def _file_name(self) -> str:
        return self.project.replace("/", "+")


def find_project_root(start: Path) -> Path:
    """Return the nearest folder from ``start`` upwards that holds a project, else ``start``."""
    candidates = (start, *start.parents)
    marked = (
        folder for folder in candidates if any((folder / n).is_file() for n in _PROJECT_FILES)
    )
    return next(marked, start)


def find_places(project_root: Path, environ: Mapping[str, str]) -> Places:
    """Return the folders of the project at ``project_root``.

    moon's variables are believed only where they fit: a child process may run in another project
    than the one whose task started it.
    """
    project_root = project_root.resolve()
    workspace_root = _workspace_root(project_root, environ)
    if environ.get("MOON_PROJECT_ROOT") and environ.get("MOON_PROJECT_ID"):
        moon_root = Path(environ["MOON_PROJECT_ROOT"]).resolve()
        if moon_root == project_root:
            return Places(project_root, workspace_root, environ["MOON_PROJECT_ID"])
    return Places(project_root, workspace_root, _own_name(project_root, workspace_root))


def _workspace_root(project_root: Path, environ: Mapping[str, str]) -> Path | None:
    if named := environ.get("MOON_WORKSPACE_ROOT"):
        root = Path(named).resolve()
        if project_root.is_relative_to(root):
            return root
    candidates = (project_root, *project_root.parents)
    return next((folder for folder in candidates if _is_workspace(folder)), None)


def _is_workspace(folder: Path) -> bool:
    # moon also keeps `~/.moon` for its own tools, which holds no workspace configuration.
    moon = folder / ".moon"
    return any(
        (moon / f"workspace.{ending}").is_file()
        for ending in ("yml", "yaml", "pkl", "json", "jsonc", "hcl", "toml")
    )


def _own_name(project_root: Path, workspace_root: Path | None) -> str:
    if workspace_root is None or project_root == workspace_root:
        return project_root.name or "root"
    return project_root.relative_to(workspace_root).as_posix()
