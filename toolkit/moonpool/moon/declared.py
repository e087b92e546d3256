"""The projects of a workspace, read from its configuration where moon itself is not installed.

Knows the YAML and JSON forms of `projects`, `moon.yml` and tasks inherited by tag. What moon
infers beyond that (toolchains, languages) it leaves out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.errors import ExitCode, MoonpoolError
from moonpool.moon.project import Project
from moonpool.moon.workspace import CONFIG_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from moonpool.moon.workspace import Workspace

__all__ = ["read_projects"]

# JSON is YAML; the rest needs moon.
_READABLE = frozenset({".yml", ".yaml", ".json"})


def read_projects(workspace: Workspace) -> tuple[Project, ...]:
    """Return all declared projects, ordered by id.

    Raises MoonpoolError when a file is damaged or of a format that only moon reads.
    """
    config = workspace.config_file
    declared = _read(config).get("projects", []) if config else []
    inherited = tuple(_inherited(workspace))
    found = (
        _project(workspace, source, named, inherited)
        for source, named in _sources(workspace, declared).items()
    )
    return tuple(sorted(found, key=lambda project: project.id))


def _sources(workspace: Workspace, declared: object) -> dict[str, str | None]:
    """Return each project's source with the id that the workspace gives it, if any."""
    if isinstance(declared, list):
        return dict.fromkeys(_matches(workspace.root, declared))
    if not isinstance(declared, dict):
        return {}
    if not {"globs", "sources"} & declared.keys():
        return {_tidy(source): name for name, source in declared.items()}
    named = {_tidy(source): name for name, source in (declared.get("sources") or {}).items()}
    return {**dict.fromkeys(_matches(workspace.root, declared.get("globs") or [])), **named}


def _matches(root: Path, globs: Iterable[str]) -> Iterator[str]:
    globs = [str(glob) for glob in globs]
    refused = {
        path for glob in globs if glob.startswith("!") for path in root.glob(glob[1:].strip("/"))
    }
    for glob in globs:
        if glob in (".", "./"):
            yield "."
        elif not glob.startswith("!"):
            for path in sorted(root.glob(glob.removeprefix("./").strip("/"))):
                # A glob may name the projects' own files, such as `libs/**/moon.yml`.
                folder = path if path.is_dir() else path.parent
                if path not in refused and not _hidden(folder, root):
                    yield folder.relative_to(root).as_posix()


def _hidden(folder: Path, root: Path) -> bool:
    parts = folder.relative_to(root).parts
    return any(part.startswith(".") or part == "node_modules" for part in parts)


def _tidy(source: object) -> str:
    return str(source).removeprefix("./").strip("/") or "."


def _project(
    workspace: Workspace, source: str, named: str | None, inherited: tuple[tuple[str, str], ...]
) -> Project:
    root = workspace.root if source == "." else workspace.root / source
    files = (root / f"moon.{ending}" for ending in CONFIG_ENDINGS)
    file = next((file for file in files if file.is_file()), None)
    config = _read(file) if file else {}
    tags = tuple(str(tag) for tag in config.get("tags") or ())
    own = (str(task) for task in config.get("tasks") or {})
    by_tag = (task for tag, task in inherited if tag in tags)
    tasks = tuple(sorted({*own, *by_tag}))
    return Project(str(config.get("id") or named or root.name), source, root, tags, tasks)


def _inherited(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Yield a tag with each task that it brings."""
    for file in sorted((workspace.root / ".moon" / "tasks").rglob("*.yml")):
        content = _read(file)
        by = content.get("inheritedBy")
        tags: object = by.get("tags", by.get("tag")) if isinstance(by, dict) else None
        if file.stem.startswith("tag-"):  # moon 1 says it by the file's name.
            tags = [file.stem.removeprefix("tag-")]
        for tag in tags if isinstance(tags, list) else [tags]:
            yield from ((str(tag), str(task)) for task in content.get("tasks") or {})


def _read(file: Path) -> dict[str, Any]:
    if file.suffix not in _READABLE:
        raise _unreadable(file, "a format that only moon reads")
    import yaml  # Needed only where moon is missing, and slow to import.

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _unreadable(file, " ".join(str(error).split())) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise _unreadable(file, f"{type(content).__name__} at the top, expected a mapping")
    return content


def _unreadable(file: Path, found: str) -> MoonpoolError:
    return MoonpoolError(
        f"cannot read `{file}` without moon: found {found}",
        hint="mend the file, or run `npm install --save-dev @moonrepo/cli`",
        slug="moon-config",
        exit_code=ExitCode.MOON,
    )
