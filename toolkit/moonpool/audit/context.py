"""What every rule looks at: the repository, its runs, and what was decided about its checks."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from moonpool.audit.commands.atoms import Expander
from moonpool.audit.gitlab.pipeline import read_pipeline
from moonpool.audit.gitlab.plan import Plan
from moonpool.audit.redundancy.decide import decide
from moonpool.audit.redundancy.runs import Run, read_run
from moonpool.audit.redundancy.work import Worker

if TYPE_CHECKING:
    from moonpool.audit.gitlab.pipeline import Pipeline
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.redundancy.verdict import Verdict
    from moonpool.audit.timings import Timings

__all__ = ["Context", "Gate"]


class Gate(enum.Enum):
    """What keeps a bad commit from being shipped once its own checks are gone."""

    WORKFLOW_RUN = "workflow_run"
    NEEDS = "needs"
    NONE = "none"


@dataclass(frozen=True)
class Context:
    """``assumed`` are the words given to `--assume`, and what rulesets prove."""

    repository: Repository
    assumed: frozenset[str] = frozenset()
    gate: Gate | None = None
    timings: Timings | None = None

    @cached_property
    def runs(self) -> dict[str, Run]:
        """What each workflow runs when it is started, by its path."""
        workflows = self.repository.workflows
        return {path: read_run(self.repository, workflow) for path, workflow in workflows.items()}

    @cached_property
    def pipeline(self) -> Pipeline | None:
        """GitLab's pipeline, if there is one."""
        return read_pipeline(self.repository.root)

    @cached_property
    def plan(self) -> Plan | None:
        """Which of its jobs start when."""
        return Plan(self.pipeline, self.repository.root) if self.pipeline is not None else None

    @cached_property
    def worker(self) -> Worker:
        return Worker(self.repository, Expander(self.repository.root, self.repository))

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """What repeats what."""
        return decide(self.runs, self.worker, self.assumed)
