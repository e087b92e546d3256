"""A workflow as values: jobs and steps with the lines on which they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moonpool.audit.reading.tree import Mapping, Sequence, plain
from moonpool.audit.reading.triggers import read_triggers

if TYPE_CHECKING:
    from moonpool.audit.reading.source import Source
    from moonpool.audit.reading.tree import Item, Node
    from moonpool.audit.reading.triggers import Trigger

__all__ = ["Action", "Job", "Step", "Workflow", "read_action", "read_workflow"]


@dataclass(frozen=True)
class Step:
    """One step; lines count from 0, ``last`` is its last one, ``index`` its place in the job."""

    index: int
    line: int
    last: int
    id: str | None
    name: str | None
    uses: str | None
    run: str | None
    shell: str | None
    folder: str | None
    condition: str | None
    ignores_failure: bool
    env: dict[str, str]
    inputs: dict[str, str]
    content: Item

    @property
    def action(self) -> str:
        """The action without its version, in lower case: `actions/checkout`; else empty."""
        return (self.uses or "").partition("@")[0].lower()

    @property
    def label(self) -> str:
        """What a person calls the step."""
        first = (self.run or "").strip().partition("\n")[0]
        return self.name or self.id or self.uses or first or f"step {self.index + 1}"


@dataclass(frozen=True)
class Job:
    """One job; ``content`` is all of it as plain data."""

    id: str
    line: int
    last: int
    needs: tuple[str, ...]
    condition: str | None
    ignores_failure: bool
    uses: str | None
    inputs: dict[str, str]
    env: dict[str, str]
    folder: str | None
    shell: str | None
    steps: tuple[Step, ...]
    content: dict[str, Any]

    @property
    def services(self) -> dict[str, Any]:
        """The service containers by name."""
        found = self.content.get("services")
        return found if isinstance(found, dict) else {}

    @property
    def matrix(self) -> dict[str, Any]:
        """The matrix as written; empty where there is none or an expression makes it."""
        strategy = self.content.get("strategy")
        found = strategy.get("matrix") if isinstance(strategy, dict) else None
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Workflow:
    """One workflow file that could be read; ``path`` is posix and relative to the root."""

    source: Source
    tree: Mapping
    name: str
    triggers: tuple[Trigger, ...]
    env: dict[str, str]
    folder: str | None
    shell: str | None
    jobs: dict[str, Job]
    content: dict[str, Any]

    @property
    def path(self) -> str:
        return self.source.path

    def listens(self, *events: str) -> bool:
        """Whether one of these events starts it."""
        return any(trigger.event in events for trigger in self.triggers)


@dataclass(frozen=True)
class Action:
    """A composite action of the repository; ``folder`` is posix and relative to the root."""

    folder: str
    inputs: dict[str, str]
    steps: tuple[Step, ...]


def read_workflow(source: Source, tree: Mapping) -> Workflow:
    """Return the workflow of a tree whose structure may be wrong in places; those are left out."""
    content = plain(tree)
    assert isinstance(content, dict)
    folder, shell = _defaults(content)
    jobs = tree.get("jobs")
    found = jobs.entries if isinstance(jobs, Mapping) else ()
    return Workflow(
        source=source,
        tree=tree,
        name=_text(content.get("name")) or source.path,
        triggers=read_triggers(tree.get("on")),
        env=_texts(content.get("env")),
        folder=folder,
        shell=shell,
        jobs={
            entry.key.text: _job(entry.key.text, entry.key.line, entry.value)
            for entry in found
            if isinstance(entry.value, Mapping)
        },
        content=content,
    )


def read_action(folder: str, tree: Mapping) -> Action | None:
    """Return a composite action, or None for one that runs otherwise."""
    runs = tree.get("runs")
    if not isinstance(runs, Mapping) or plain(runs.get("using")) != "composite":
        return None
    declared = plain(tree.get("inputs"))
    inputs = declared if isinstance(declared, dict) else {}
    defaults = {
        name: _text(entry.get("default")) or "" if isinstance(entry, dict) else ""
        for name, entry in inputs.items()
    }
    return Action(folder, defaults, _steps(runs.get("steps")))


def _job(name: str, line: int, node: Mapping) -> Job:
    content = plain(node)
    assert isinstance(content, dict)
    folder, shell = _defaults(content)
    needs = content.get("needs")
    listed = needs if isinstance(needs, list) else [needs] if needs else []
    return Job(
        id=name,
        line=line,
        last=node.last,
        needs=tuple(str(entry) for entry in listed),
        condition=_text(content.get("if")),
        ignores_failure=content.get("continue-on-error") not in (None, False),
        uses=_text(content.get("uses")),
        inputs=_texts(content.get("with")),
        env=_texts(content.get("env")),
        folder=folder,
        shell=shell,
        steps=_steps(node.get("steps")),
        content=content,
    )


def _steps(node: Node | None) -> tuple[Step, ...]:
    if not isinstance(node, Sequence):
        return ()
    return tuple(
        _step(index, item) for index, item in enumerate(node.items) if isinstance(item, Mapping)
    )


def _step(index: int, node: Mapping) -> Step:
    content = plain(node)
    assert isinstance(content, dict)
    return Step(
        index=index,
        line=node.line,
        last=node.last,
        id=_text(content.get("id")),
        name=_text(content.get("name")),
        uses=_text(content.get("uses")),
        run=_text(content.get("run")),
        shell=_text(content.get("shell")),
        folder=_text(content.get("working-directory")),
        condition=_text(content.get("if")),
        ignores_failure=content.get("continue-on-error") not in (None, False),
        env=_texts(content.get("env")),
        inputs=_texts(content.get("with")),
        content=content,
    )


def _defaults(content: dict[str, Any]) -> tuple[str | None, str | None]:
    defaults = content.get("defaults")
    run = defaults.get("run") if isinstance(defaults, dict) else None
    if not isinstance(run, dict):
        return None, None
    return _text(run.get("working-directory")), _text(run.get("shell"))


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(name): _text(entry) or "" for name, entry in value.items()}
