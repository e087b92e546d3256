"""What a person has to add to a workspace beside our files, so that moon runs its tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moonpool.moon.project import Project
    from moonpool.moon.workspace import Workspace

__all__ = ["COMMIT_NEED", "Need", "needs"]

_PACKAGING = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
# Named places, rather than a walk, which would go through virtualenvs too.
_TESTS = (
    "test_*.py",
    "tests/**/*test*.py",
    "test/**/*test*.py",
    "*/tests/**/test_*.py",
    "src/*/tests/**/test_*.py",
)
_ROOT_TAG = "moonpool-root"
_TEST_TAG = "pytest"


@dataclass(frozen=True)
class Need:
    """One thing to do: its kind, the posix path of the file that it concerns, and the words."""

    kind: str
    path: str
    text: str


COMMIT_NEED = Need(
    "commit", ".", 'moon needs a first commit: run `git add --all && git commit -m "Begin"`'
)


def needs(workspace: Workspace, projects: Sequence[Project], *, major: int) -> tuple[Need, ...]:
    """Return what is missing under the given moon, in the order in which a person would do it."""
    unread = _unread_tasks(workspace) if major > 1 else ()
    return (*unread, *_root(workspace, projects), *_untagged(projects))


def _untagged(projects: Iterable[Project]) -> Iterable[Need]:
    for project in projects:
        if _TEST_TAG not in project.tags and _has_python_tests(project):
            path = "moon.yml" if project.source == "." else f"{project.source}/moon.yml"
            tags = ", ".join((*project.tags, _TEST_TAG))
            words = f"`{project.id}` has tests but not the tag: write `tags: [{tags}]` in {path}"
            yield Need("project-tag", path, words)


def _has_python_tests(project: Project) -> bool:
    root = project.root
    return any((root / name).is_file() for name in _PACKAGING) and any(
        next(root.glob(pattern), None) for pattern in _TESTS
    )


def _root(workspace: Workspace, projects: Iterable[Project]) -> Iterable[Need]:
    root = next((project for project in projects if project.source == "."), None)
    if root is None:
        file = workspace.config_file
        path = file.relative_to(workspace.root).as_posix() if file else ".moon/workspace.yml"
        yield Need(
            "root-project",
            path,
            f"no project is the workspace's root: write `sources: {{root: '.'}}` below `projects:`"
            f" in {path} (globs then go below `globs:`), and `tags: [{_ROOT_TAG}]` in moon.yml",
        )
    elif _ROOT_TAG not in root.tags:
        tags = ", ".join((*root.tags, _ROOT_TAG))
        words = f"`{root.id}` is the root but not tagged so: write `tags: [{tags}]` in moon.yml"
        yield Need("root-tag", "moon.yml", words)


def _unread_tasks(workspace: Workspace) -> Iterable[Need]:
    if (workspace.root / ".moon" / "tasks.yml").is_file():
        words = "moon 2 ignores .moon/tasks.yml: run `git mv .moon/tasks.yml .moon/tasks/all.yml`"
        yield Need("old-tasks", ".moon/tasks.yml", words)
