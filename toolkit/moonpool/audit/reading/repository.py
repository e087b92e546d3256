"""All that a repository says about its CI: workflows, composite actions, and files by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from moonpool.audit.reading.mentions import Mentions
from moonpool.audit.reading.source import Problem, Source, read_source
from moonpool.audit.reading.tree import Mapping, parse
from moonpool.audit.reading.workflow import read_action, read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moonpool.audit.reading.workflow import Action, Workflow

__all__ = ["FOLDER", "Repository", "read_repository"]

FOLDER = ".github/workflows"
_ACTION_NAMES = ("action.yml", "action.yaml")


@dataclass(frozen=True)
class Repository:
    """``workflows`` and ``actions`` by their posix path; an action's is that of its folder.

    ``mentions`` has the names that its other files speak of.
    """

    root: Path
    workflows: dict[str, Workflow]
    actions: dict[str, Action]
    problems: tuple[Problem, ...]
    mentions: Mentions = field(compare=False)

    def text(self, path: str) -> str | None:
        """The text of a file of the repository, or None where it cannot be read."""
        if path not in self._texts:
            file = self.root / path
            source = read_source(self.root, file) if file.is_file() else None
            self._texts[path] = source.text if isinstance(source, Source) else None
        return self._texts[path]

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return (self.root / path).is_file()

    def called(self, uses: str | None) -> Workflow | None:
        """The workflow of this repository that a job's `uses:` names."""
        path = (uses or "").partition("@")[0]
        if path.startswith("./"):
            return self.workflows.get(path[2:])
        owner, found, name = path.partition(f"/{FOLDER}/")
        is_own = found and owner.rpartition("/")[2].lower() in self._names
        return self.workflows.get(f"{FOLDER}/{name}") if is_own else None

    def action(self, uses: str | None) -> Action | None:
        """The composite action of this repository that a step's `uses:` names."""
        path = (uses or "").partition("@")[0]
        return self.actions.get(path[2:].rstrip("/")) if path.startswith("./") else None

    @cached_property
    def _names(self) -> frozenset[str]:
        """What the repository may be called: its folder's name, and that of where it came from."""
        names = {self.root.resolve().name}
        for line in (self.text(".git/config") or "").splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "url":
                names.add(value.strip().rstrip("/").removesuffix(".git").rpartition("/")[2])
        return frozenset(name.lower() for name in names)

    @cached_property
    def _texts(self) -> dict[str, str | None]:
        return {}


def read_repository(root: Path) -> Repository:
    """Read all workflows and composite actions below ``root``."""
    problems: list[Problem] = []
    workflows: dict[str, Workflow] = {}
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        source = read_source(root, path)
        tree = parse(source) if isinstance(source, Source) else source
        if isinstance(tree, Problem):
            problems.append(tree)
        elif not isinstance(tree, Mapping):
            problems.append(Problem(name, 1, "found no mapping at the top"))
        else:
            assert isinstance(source, Source)
            workflows[name] = read_workflow(source, tree)
    actions = dict(_actions(root, problems))
    return Repository(root, workflows, actions, tuple(problems), Mentions(root))


def _files(root: Path) -> list[Path]:
    folder = root / FOLDER
    found = [*folder.glob("*.yml"), *folder.glob("*.yaml")] if folder.is_dir() else []
    return sorted(path for path in found if path.is_symlink() or not path.is_dir())


def _actions(root: Path, problems: list[Problem]) -> Iterator[tuple[str, Action]]:
    folder = root / ".github" / "actions"
    files = [path for name in _ACTION_NAMES for path in folder.rglob(name)]
    files += [root / name for name in _ACTION_NAMES if (root / name).is_file()]
    for path in sorted(files):
        source = read_source(root, path)
        tree = parse(source) if isinstance(source, Source) else source
        if isinstance(tree, Problem):
            problems.append(tree)
        elif isinstance(tree, Mapping):
            name = path.parent.relative_to(root).as_posix()
            action = read_action("" if name == "." else name, tree)
            if action is not None:
                yield action.folder, action
