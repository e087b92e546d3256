"""The task templates that moonpool brings: where they lie and what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from moonpool.errors import ExitCode, MoonpoolError

__all__ = ["TaskTemplate", "task_templates", "templates_folder"]

# Each task template with the tag that its `inheritedBy` names.
_TAGS = {"pytest": "pytest", "workspace": "moonpool-root"}


@dataclass(frozen=True)
class TaskTemplate:
    """A tasks file as it is stored: for moon 2, for programs on PATH.

    ``tag`` is what a project writes to inherit the tasks.
    """

    name: str
    tag: str
    body: str

    def file_name(self, major: int) -> str:
        """The file's name: moon 1 chooses tasks by it, moon 2 by what the file says."""
        return f"tag-{self.tag}.yml" if major == 1 else f"{self.name}.yml"


def templates_folder(package: Path | None = None) -> Path:
    """Return the folder with our templates: beside the package when installed, else in the sources.

    Raises MoonpoolError when this installation has none.
    """
    package = package or Path(__file__).resolve().parents[1]
    for folder in (package / "templates", package.parents[1] / "templates"):
        if all((folder / name / "tasks.yml").is_file() for name in _TAGS):
            return folder
    raise MoonpoolError(
        f"found no templates beside `{package}`, expected `{package / 'templates'}`",
        hint="run `python -m pip install --force-reinstall moonpool`",
        slug="templates-missing",
        exit_code=ExitCode.TEMPLATES,
    )


def task_templates(folder: Path) -> tuple[TaskTemplate, ...]:
    """Return the task templates in ``folder``."""
    return tuple(
        TaskTemplate(name, tag, (folder / name / "tasks.yml").read_text(encoding="utf-8"))
        for name, tag in _TAGS.items()
    )
