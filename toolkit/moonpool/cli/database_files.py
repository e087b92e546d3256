"""What `moonpool databases` says of SQLite files."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonpool.config import find_places, find_project_root
from moonpool.databases import FoundFile, TemplateFile, clean_files, list_files, list_template_files

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FoundFiles", "clean_lines", "find_files"]


@dataclass(frozen=True)
class FoundFiles:
    """The files of ours beside some URLs and in the workspace around the current folder."""

    files: tuple[FoundFile, ...]
    templates: tuple[TemplateFile, ...]

    @property
    def lines(self) -> list[str]:
        """What a person reads."""
        lines = [f"{file.path}  {_state(file)}" for file in self.files]
        return lines + [
            f"{template.path}  template{' in use' if template.used else ''}"
            for template in self.templates
        ]

    @property
    def facts(self) -> dict[str, list[dict[str, Any]]]:
        """What a program reads."""
        return {
            "files": [_facts(file) for file in self.files],
            "template_files": [
                {"path": str(template.path), "used": template.used} for template in self.templates
            ],
        }


def find_files(folders: list[Path], environ: Mapping[str, str]) -> FoundFiles:
    """Look beside the URLs' files and where the workspace's runs were."""
    kept = _kept(environ)
    return FoundFiles(list_files(folders, kept), list_template_files(kept))


def clean_lines(folders: list[Path], environ: Mapping[str, str]) -> list[str]:
    """Remove what dead runs left there, and say so."""
    done = clean_files(folders, _kept(environ))
    lines = [f"removed {path}" for path in done.removed]
    return lines + [f"kept {path}: its run is alive" for path in done.kept]


def _kept(environ: Mapping[str, str]) -> list[Path]:
    return find_places(find_project_root(Path.cwd()), environ).all_databases_folders


def _state(file: FoundFile) -> str:
    state, mark = "in use" if file.lives else "left over", file.mark
    return f"{state} by {mark.project} in {mark.checkout} since {mark.started}"


def _facts(file: FoundFile) -> dict[str, Any]:
    mark = asdict(file.mark)
    del mark["lock"]
    return {"path": str(file.path), "alive": file.lives, **mark}
