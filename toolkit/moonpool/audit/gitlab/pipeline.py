"""The jobs of `.gitlab-ci.yml`, with those of the local files that it includes.

`extends`, `default`, `<<` and `!reference` are resolved. What other projects, templates and
components bring is not read: such a pipeline is open, and nothing is said of what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class PipelineJob:
    """One job that can run; ``content`` is all of it, and ``script`` what it runs, in order."""

    name: str
    path: str
    line: int  # From 0.
    script: tuple[str, ...]
    needs: tuple[str, ...]
    content: dict[str, Any]


@dataclass(frozen=True)
class Pipeline:
    """All jobs by name; ``sources`` are the files, ``open`` if there are more than can be read."""

    jobs: dict[str, PipelineJob]
    content: dict[str, Any]
    sources: dict[str, Source]
    problems: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    open: bool


def read_pipeline(root: Path) -> Pipeline | None:
    """Return the pipeline of a repository, or None where it has none."""
    if not (root / FILE).is_file():
        return None
    reader = _Reader(root)
    reader.read(FILE)
    layers = Layers(reader.entries, open_=reader.open)
    jobs = {name: _job(layers, name) for name in layers.names if name not in _RESERVED}
    shown = {name: job for name, job in jobs.items() if not name.startswith(".")}
    content = {name: layers.own(name) for name in layers.names if name in _RESERVED}
    problems = (*reader.problems, *layers.problems, *_needs_problems(layers, shown, reader.open))
    unread = tuple(reader.unread)
    return Pipeline(shown, content, reader.sources, problems, unread, reader.open)


class _Reader:
    """Reads a file and what it includes, included ones first, since the file overrules them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.entries: list[tuple[str, Entry]] = []
        self.sources: dict[str, Source] = {}
        self.problems: list[Problem] = []
        self.unread: list[Problem] = []
        self.open = False

    def read(self, path: str) -> None:
        if path in self.sources:
            return
        source = read_source(self._root, self._root / path)
        tree = parse(source) if isinstance(source, Source) else source
        if isinstance(tree, Problem):
            self.unread.append(tree)
            self.open = True
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
            self.open = True  # Of another project, a template, a component, or decided by a rule.
            return
        name = local.lstrip("/")
        found = sorted(self._root.glob(name)) if "*" in name else [self._root / name]
        for file in found:
            if file.is_file():
                self.read(file.relative_to(self._root).as_posix())
            else:
                self.problems.append(Problem(path, line + 1, f"`include` of `{name}` is not there"))
                self.open = True


def _job(layers: Layers, name: str) -> PipelineJob:
    content = layers.resolved(name)
    path, line = layers.place(name)
    parts = [*_texts(content.get("before_script")), *_texts(content.get("script"))]
    needs = tuple(_needed(content.get("needs")))
    return PipelineJob(name, path, line, tuple(parts), needs, content)


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


def _needs_problems(layers: Layers, jobs: dict[str, PipelineJob], open_: bool) -> Iterator[Problem]:
    for job in jobs.values():
        line = layers.line_of(job.name, "needs")
        for name in job.needs:
            if name not in jobs and not open_:
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
