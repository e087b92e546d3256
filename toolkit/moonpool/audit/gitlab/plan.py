"""Which jobs start in which of the pipelines that a push, a tag or a merge request raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.audit.gitlab.occasions import occasions
from moonpool.audit.gitlab.presence import (
    Start,
    pipeline_starts,
    refs_of,
    rules_of,
    start,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from moonpool.audit.gitlab.occasions import Occasion
    from moonpool.audit.gitlab.pipeline import Pipeline, PipelineJob

__all__ = ["Plan"]


class Plan:
    """A pipeline on its occasions; remembers what it has worked out.

    Where other files may add rules to a pipeline or a job, nothing is known of when it starts.
    """

    def __init__(self, pipeline: Pipeline, root: Path) -> None:
        self.pipeline = pipeline
        self._root = root
        self._workflow = pipeline.content.get("workflow")
        self._by_workflow = isinstance(self._workflow, dict) and "rules" in self._workflow
        self._written = _written(pipeline.content, self._workflow)
        contents = [job.content for job in pipeline.jobs.values()]
        self.occasions = occasions(
            "\n".join(_conditions([*contents, self._workflow])),
            [ref for content in contents for ref in refs_of(content)],
        )
        self._there: dict[str, bool | None] = {}
        self._starts: dict[tuple[str, str], Start | None] = {}

    def runs(self, occasion: Occasion) -> bool | None:
        """Whether a pipeline starts at all, as far as `workflow` says."""
        if self.pipeline.veiled and not self._by_workflow:
            return None
        return pipeline_starts(self._workflow, occasion, self._written, self._exists)

    def start(self, job: PipelineJob, occasion: Occasion) -> Start | None:
        """Return how a job starts on an occasion, or None where that is not known."""
        key = job.name, occasion.words
        if key not in self._starts:
            self._starts[key] = self._start(job, occasion)
        return self._starts[key]

    def _start(self, job: PipelineJob, occasion: Occasion) -> Start | None:
        runs = self.runs(occasion)
        if runs is False:
            return Start.NEVER
        if runs is None or not job.whole:
            return None
        by_workflow = self._by_workflow
        written = self._written
        return start(job.content, occasion, written, self._exists, by_workflow=by_workflow)

    def covers(self, other: PipelineJob, job: PipelineJob) -> bool:
        """Whether ``other`` starts by itself wherever ``job`` may start, and somewhere it does."""
        ways = [(self.start(job, o), self.start(other, o)) for o in self.occasions]
        if _rules(other) == _rules(job) and other.whole and job.whole:
            return any(mine is not Start.NEVER for mine, _ in ways)
        told = [theirs for mine, theirs in ways if mine is not Start.NEVER]
        return bool(told) and all(theirs is Start.ITSELF for theirs in told)

    def _exists(self, pattern: str) -> bool | None:
        if pattern not in self._there:
            self._there[pattern] = _is_there(self._root, pattern)
        return self._there[pattern]


def _is_there(root: Path, pattern: str) -> bool | None:
    if "$" in pattern or pattern.startswith(("/", "..")) or not pattern:
        return None
    try:
        return next(root.glob(pattern.removeprefix("./")), None) is not None
    except (ValueError, OSError):
        return None


def _rules(job: PipelineJob) -> str:
    return repr([job.content.get(key) for key in ("rules", "only", "except", "when")])


def _written(content: Mapping[str, Any], workflow: object) -> dict[str, str]:
    """The variables of the file that no rule of the workflow sets otherwise."""
    variables = content.get("variables")
    found = texts(variables) if isinstance(variables, dict) else {}
    rules = rules_of(workflow) if isinstance(workflow, dict) else []
    changed = {name for rule in rules for name in rule.get("variables") or ()}
    return {name: value for name, value in found.items() if name not in changed}


def _conditions(contents: list[object]) -> Iterator[str]:
    for content in contents:
        for rule in rules_of(content) if isinstance(content, dict) else ():
            yield str(rule.get("if", ""))
        for key in ("only", "except"):
            policy = content.get(key) if isinstance(content, dict) else None
            yield str(policy.get("variables", "")) if isinstance(policy, dict) else ""
