"""The jobs of `.gitlab-ci.yml`, with those of the local files that it includes.

`extends`, `default`, `<<` and `!reference` are resolved. What other projects, templates and
components bring is not read: such a pipeline is open, and nothing is said of what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from moonpool.audit.gitlab.layers import Layers
from moonpool.audit.reading.source import Problem, Source, read_source
from moonpool.audit.reading.tree import Mapping, parse, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moonpool.audit.reading.tree import Entry

__all__ = ["FILE", "Pipeline", "PipelineJob", "read_pipeline"]

FILE = ".gitlab-ci.yml"
_RESERVED = frozenset(
    {
        *("default", "include", "stages", "variables", "workflow", "spec", "image", "services"),
        *("cache", "before_script", "after_script"),
    }
)
# What GitLab's own templates of these names say, word by word what `workflow` may say.
_WORKFLOWS = {
    "Workflows/MergeRequest-Pipelines.gitlab-ci.yml": (
        "$CI_MERGE_REQUEST_IID",
        "$CI_COMMIT_TAG",
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    ),
    "Workflows/Branch-Pipelines.gitlab-ci.yml": ("$CI_COMMIT_TAG", "$CI_COMMIT_BRANCH"),
}
# Folders of its templates that bring jobs and no `workflow`.
_ONLY_JOBS = ("Security/", "Jobs/")
# Keys whose place in the file is told where something is wrong with them.
_PLACED = ("stage", "needs")


@dataclass(frozen=True)
class PipelineJob:
    """One job that can run; ``content`` is all of it, and ``script`` what it runs, in order.

    ``lines`` are those of some of its keys. ``whole`` is it if all that it extends was read.
    """

    name: str
    path: str
    line: int  # From 0.
    script: tuple[str, ...]
    needs: tuple[str, ...]
    content: dict[str, Any]
    lines: dict[str, int]
    whole: bool

    @property
    def dependencies(self) -> list[str]:
        """The jobs whose artifacts it asks for by name."""
        return [str(name) for name in _listed(self.content.get("dependencies"))]


@dataclass(frozen=True)
class Pipeline:
    """All jobs by name; ``sources`` are the files.

    ``open`` if there are more than can be read, and ``veiled`` if these may have a `workflow`.
    """

    jobs: dict[str, PipelineJob]
    content: dict[str, Any]
    sources: dict[str, Source]
    problems: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    open: bool
    veiled: bool


def read_pipeline(root: Path) -> Pipeline | None:
    """Return the pipeline of a repository, or None where it has none."""
    if not (root / FILE).is_file():
        return None
    reader = _Reader(root)
    reader.read(FILE)
    layers = Layers(reader.entries, open_=reader.open)
    jobs = {name: _job(layers, name) for name in layers.names if name not in _RESERVED}
    shown = {name: job for name, job in jobs.items() if not name.startswith(".")}
    own = {name: layers.referred(name) for name in layers.names if name in _RESERVED}
    content = {**reader.given, **own}
    problems = (*reader.problems, *layers.problems, *_needs_problems(shown, reader.open))
    unread = tuple(reader.unread)
    return Pipeline(shown, content, reader.sources, problems, unread, reader.open, reader.veiled)


class _Reader:
    """Reads a file and what it includes, included ones first, since the file overrules them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.entries: list[tuple[str, Entry]] = []
        self.sources: dict[str, Source] = {}
        self.problems: list[Problem] = []
        self.unread: list[Problem] = []
        self.given: dict[str, Any] = {}
        self.open = False
        self.veiled = False

    def read(self, path: str) -> None:
        if path in self.sources:
            return
        source = read_source(self._root, self._root / path)
        source = _without_header(source) if isinstance(source, Source) else source
        tree = parse(source, twice=True) if isinstance(source, Source) else source
        if isinstance(tree, Problem):
            self.unread.append(tree)
            self.open = self.veiled = True
            return
        assert isinstance(source, Source)
        self.sources[path] = source
        if not isinstance(tree, Mapping):
            self.unread.append(Problem(path, 1, "found no mapping at the top"))
            return
        include = tree.entry("include")
        for entry in _listed(plain(include.value)) if include else ():
            self._include(path, include.key.line if include else 0, entry)
        self.entries += [(path, entry) for entry in tree.entries]

    def _include(self, path: str, line: int, entry: object) -> None:
        local = entry.get("local") if isinstance(entry, dict) else entry
        if not isinstance(local, str) or "://" in local or "$" in local:
            self._elsewhere(entry)
            return
        if isinstance(entry, dict) and "rules" in entry:
            self.open = self.veiled = True  # Whether it is there is decided by a rule.
        name = local.lstrip("/")
        found = sorted(self._root.glob(name)) if "*" in name else [self._root / name]
        for file in found:
            if file.is_file():
                self.read(file.relative_to(self._root).as_posix())
            else:
                self.problems.append(Problem(path, line + 1, f"`include` of `{name}` is not there"))
                self.open = self.veiled = True

    def _elsewhere(self, entry: object) -> None:
        """Take note of a file of another project, a template or a component."""
        template = str(entry.get("template", "")) if isinstance(entry, dict) else ""
        if template in _WORKFLOWS:
            rules = [{"if": condition} for condition in _WORKFLOWS[template]]
            self.given["workflow"] = {"rules": rules}
            return
        self.open = True
        self.veiled = self.veiled or not template.startswith(_ONLY_JOBS)


def _without_header(source: Source) -> Source:
    """The file without its `spec: inputs`, which stand before a line of three dashes."""
    lines = source.lines
    said = [number for number, line in enumerate(lines) if line.strip() and line[:1] not in "#-"]
    if not said or not lines[said[0]].startswith("spec:"):
        return source
    ends = (n for n, line in enumerate(lines) if n > said[0] and line.rstrip() == "---")
    end = next(ends, None)
    if end is None:
        return source
    return replace(source, text="\n" * (end + 1) + "".join(lines[end + 1 :]))


def _job(layers: Layers, name: str) -> PipelineJob:
    content = layers.resolved(name)
    path, line = layers.place(name)
    parts = [*_texts(content.get("before_script")), *_texts(content.get("script"))]
    needs = tuple(_needed(content.get("needs")))
    lines = {key: layers.line_of(name, key) for key in _PLACED}
    return PipelineJob(name, path, line, tuple(parts), needs, content, lines, layers.is_whole(name))


def _needed(value: object) -> Iterator[str]:
    for entry in _listed(value):
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict) and not {"pipeline", "project", "optional"} & entry.keys():
            yield str(entry.get("job", ""))


def _texts(value: object) -> Iterator[str]:
    for entry in _listed(value):
        if isinstance(entry, list):
            yield from _texts(entry)
        elif isinstance(entry, str):
            yield entry


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _needs_problems(jobs: dict[str, PipelineJob], open_: bool) -> Iterator[Problem]:
    for job in jobs.values():
        line = job.lines["needs"]
        wanted = dict.fromkeys((*job.needs, *job.dependencies))
        for name in wanted:
            if name not in jobs and not open_ and "$" not in name:
                message = f"`{job.name}` needs `{name}`, and there is no such job"
                yield Problem(job.path, line + 1, message)
        if _reaches(jobs, job.name):
            yield Problem(job.path, line + 1, f"`{job.name}` needs itself, by way of others")


def _reaches(jobs: dict[str, PipelineJob], name: str) -> bool:
    seen: set[str] = set()
    waiting = list(jobs[name].needs)
    while waiting:
        need = waiting.pop()
        if need == name:
            return True
        if need in jobs and need not in seen:
            seen.add(need)
            waiting += jobs[need].needs
    return False
