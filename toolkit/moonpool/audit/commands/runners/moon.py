"""moon targets with all that they depend on, read from moon's own files.

moon itself is not started: it may download toolchains, and an audit of somebody's checkout must
not. What the files do not explain (`extends`, formats that only moon reads) stays a target.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml

from moonpool import moon as moons
from moonpool.audit.commands.runners.task import Task
from moonpool.errors import MoonpoolError
from moonpool.moon.declared import read_projects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from moonpool.audit.commands.runners.task import Files

__all__ = ["MoonTask", "MoonTasks"]

_VERBS = frozenset({"run", "r", "ci", "check", "c", "exec", "x"})
_OPTIONS_WITH_VALUE = frozenset(
    {"-c", "--concurrency", "--base", "--head", "--job", "--job-total", "--log", "--on-failure"}
)
_AFFECTED = "`moon ci` runs only the tasks that the changed files concern"


@dataclass(frozen=True)
class MoonTask:
    """One task of one project, as its files write it."""

    project: str
    source: str
    name: str
    content: Mapping[str, Any]

    @property
    def target(self) -> str:
        return f"{self.project}:{self.name}"

    @property
    def in_ci(self) -> bool:
        """Whether moon runs it on CI; `local` is how moon 1 wrote it."""
        option = self._options.get("runInCI", True)
        return option not in (False, "skip") and self.content.get("preset") != "server"

    @property
    def script(self) -> str:
        """What it runs, as a shell would read it."""
        if isinstance(written := self.content.get("script"), str):
            return written
        words = [_line(self.content.get(key)) for key in ("command", "args")]
        return " ".join(word for word in words if word)

    @property
    def folder(self) -> str:
        from_root = self._options.get("runFromWorkspaceRoot") is True
        return "" if from_root or self.source == "." else self.source

    @property
    def _options(self) -> Mapping[str, Any]:
        options = self.content.get("options")
        return options if isinstance(options, dict) else {}

    def task(self, doubt: str | None) -> Task:
        """The task as other runners give theirs."""
        env = self.content.get("env")
        pairs = tuple((str(k), str(v)) for k, v in env.items()) if isinstance(env, dict) else ()
        outputs = tuple(str(entry) for entry in self.content.get("outputs") or ())
        return Task(self.target, self.script, self.folder, pairs, outputs, doubt)


class MoonTasks:
    """The tasks of a workspace; reads its files once, when the first target is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def expand(self, files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
        """Return the tasks that `moon run a:b` or `moon ci` runs, dependencies first."""
        rest = _after_moon(words)
        if rest is None or not self.tasks:
            return None
        verb, targets = rest
        if verb in ("check", "c"):
            named = targets or sorted({task.project for task in self.tasks.values()})
            targets = [t.target for t in self.tasks.values() if t.project in named]
        chosen = [t for word in targets for t in self._chosen(word)]
        if verb == "ci" and not targets:
            chosen = [task for task in self.tasks.values() if task.in_ci]
        if not chosen:
            return None
        affected = verb == "ci" or "--affected" in words
        seen: dict[str, MoonTask] = {}
        for task in chosen:
            self._close(task, seen)
        return [task.task(_AFFECTED if affected else None) for task in seen.values()]

    @cached_property
    def tasks(self) -> dict[str, MoonTask]:
        """All tasks by target; empty where there is no workspace or nothing can be read."""
        workspace = moons.Workspace(self._root)
        if workspace.config_file is None:
            return {}
        try:
            found = [
                task for p in read_projects(workspace) for task in _of_project(workspace.root, p)
            ]
        except (MoonpoolError, OSError, yaml.YAMLError, RecursionError):
            return {}
        return {task.target: task for task in found}

    def _chosen(self, word: str) -> list[MoonTask]:
        scope, _, name = word.partition(":")
        if scope.startswith("#"):
            return [t for t in self.tasks.values() if t.name == name and scope[1:] in self._tags(t)]
        return [
            task
            for task in self.tasks.values()
            if task.name == name and scope in ("", "*", task.project)
        ]

    def _tags(self, task: MoonTask) -> tuple[str, ...]:
        tags = task.content.get("tags of the project")
        return tags if isinstance(tags, tuple) else ()

    def _close(self, task: MoonTask, seen: dict[str, MoonTask]) -> None:
        if task.target in seen:
            return
        for dependency in task.content.get("deps") or ():
            word = dependency.get("target") if isinstance(dependency, dict) else dependency
            for needed in self._dependencies(task, str(word)):
                self._close(needed, seen)
        seen.setdefault(task.target, task)

    def _dependencies(self, task: MoonTask, word: str) -> Iterator[MoonTask]:
        scope, colon, name = word.rpartition(":")
        if not colon or scope == "~":
            yield from self._chosen(f"{task.project}:{name}")
        elif scope == "^":
            for project in task.content.get("projects that it depends on") or ():
                yield from self._chosen(f"{project}:{name}")
        else:
            yield from self._chosen(word)


def _after_moon(words: Sequence[str]) -> tuple[str, list[str]] | None:
    """Return moon's verb and its targets, or None for a command that is not moon's."""
    left = _arguments(words)
    if left is None:
        return None
    given = _past_options(left[: left.index("--")] if "--" in left else left)
    if given and ":" in given[0]:  # `moon :test` is short for `moon run :test`.
        return "run", given
    return (given[0], given[1:]) if given and given[0] in _VERBS else None


def _arguments(words: Sequence[str]) -> list[str] | None:
    program = words[0].rpartition("/")[2]
    if program == "moonx":
        return ["run", *words[1:]]
    if program == "moon":
        return list(words[1:])
    by_manager = program in ("yarn", "pnpm", "npm", "bun") and list(words[1:2]) == ["moon"]
    return list(words[2:]) if by_manager else None


def _past_options(words: Sequence[str]) -> list[str]:
    kept: list[str] = []
    before = ""
    for word in words:
        if not word.startswith("-") and before not in _OPTIONS_WITH_VALUE:
            kept.append(word)
        before = word
    return kept


def _of_project(root: Path, project: moons.Project) -> Iterator[MoonTask]:
    config = _read(root, f"{project.source}/moon")
    needs = [
        str(entry.get("id") if isinstance(entry, dict) else entry)
        for entry in config.get("dependsOn") or ()
    ]
    own = config.get("tasks") or {}
    inherited = dict(_inherited(root, project, config))
    for name in {**inherited, **own}:
        content = {**(inherited.get(name) or {}), **(own.get(name) or {})}
        if name in own and name in inherited:
            deps = [*(inherited[name].get("deps") or ()), *((own[name] or {}).get("deps") or ())]
            content["deps"] = deps
        known = {"tags of the project": project.tags, "projects that it depends on": needs}
        yield MoonTask(project.id, project.source, str(name), {**content, **known})


def _inherited(
    root: Path, project: moons.Project, config: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    legacy = _read(root, ".moon/tasks").get("tasks") or {}
    yield from ((str(name), task or {}) for name, task in legacy.items())
    folder = root / ".moon" / "tasks"
    for file in sorted(folder.rglob("*.yml")) if folder.is_dir() else ():
        content = _read(root, file.relative_to(root).with_suffix("").as_posix())
        if _applies(file.stem, content.get("inheritedBy"), project, str(config.get("language"))):
            tasks = content.get("tasks") or {}
            yield from ((str(name), task or {}) for name, task in tasks.items())


def _applies(stem: str, by: object, project: moons.Project, language: str) -> bool:
    if stem.startswith("tag-"):
        return stem.removeprefix("tag-") in project.tags
    if not isinstance(by, dict):
        return True
    wanted: dict[str, Sequence[str]] = {"tag": project.tags, "language": (language,)}
    for key, has in wanted.items():
        value = by.get(f"{key}s", by.get(key))
        if isinstance(value, dict):
            value = value.get("or") or value.get("and")
        listed = value if isinstance(value, list) else [value] if value else None
        if listed is not None and not set(map(str, listed)) & set(has):
            return False
    return True


def _read(root: Path, stem: str) -> dict[str, Any]:
    for ending in ("yml", "yaml", "json"):
        file = root / f"{stem}.{ending}"
        if file.is_file():
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            return content if isinstance(content, dict) else {}
    return {}


def _line(value: object) -> str:
    if isinstance(value, list):
        return shlex.join(str(word) for word in value)
    return str(value) if value is not None else ""
