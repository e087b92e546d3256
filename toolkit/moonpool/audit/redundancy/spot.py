"""A place where checks stand: one step of one job of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["Spot"]


@dataclass(frozen=True)
class Spot:
    """A step of some job, with what all steps of that job do."""

    entry: RunJob
    works: tuple[Work, ...]
    index: int

    @property
    def work(self) -> Work:
        return self.works[self.index]

    @property
    def before(self) -> tuple[Work, ...]:
        """What the steps ahead of it do."""
        return self.works[: self.index]
