"""What is known of one step that may be redundant, and what is missing from the proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.redundancy.relation import Relation

if TYPE_CHECKING:
    from moonpool.audit.reading.workflow import Workflow
    from moonpool.audit.redundancy.covering import Cover
    from moonpool.audit.redundancy.occasions import Occasion
    from moonpool.audit.redundancy.runs import Run
    from moonpool.audit.redundancy.spot import Spot

__all__ = ["ASSUMPTIONS", "Missing", "Verdict"]

# What `--assume` can supply, in words that end "… must be true: that".
ASSUMPTIONS = {
    "strict-pr": "required checks pass on branches that are up to date before they merge",
    "merge-queue": "nothing lands except through the merge queue",
    "tags-on-main": "tags and releases are made of commits on which CI has passed",
    "dispatch-on-main": "it is started by hand only for commits on which CI has passed",
}


@dataclass(frozen=True)
class Missing:
    """One thing that the proof lacks; ``assumption`` is the word that would supply it."""

    text: str
    assumption: str | None = None


@dataclass(frozen=True)
class Verdict:
    """One or more steps of one job that repeat what ran elsewhere.

    ``whole_job``: nothing else is left in the job. ``cancelled``: the other run may be stopped by
    a newer commit while this one goes on. ``ships``: the run publishes or deploys something.
    ``depth``: how many calls lead to the job that is to go, in a workflow of which others stay.
    ``partly``: the steps stand in a called workflow, and only this call can do without them.
    """

    run: Run
    spots: tuple[Spot, ...]
    covers: tuple[tuple[Occasion, Cover], ...]
    missing: tuple[Missing, ...]
    whole_job: bool
    cancelled: bool
    ships: bool
    depth: int = 0
    partly: bool = False

    @property
    def workflow(self) -> Workflow:
        """The workflow that the job is to go from."""
        return self.spots[0].entry.ways[self.depth]

    @property
    def job_id(self) -> str:
        """The job there, which may call the one with the steps."""
        return self.spots[0].entry.key[self.depth]

    @property
    def inside(self) -> bool:
        """Whether it is to go from a workflow that others call."""
        return self.depth > 0

    @property
    def calls(self) -> bool:
        """Whether the job only calls another workflow, all of which was done before."""
        return self.depth + 1 < len(self.spots[0].entry.key) and not self.partly

    @property
    def relation(self) -> Relation:
        """The weakest of the relations that the proof rests on."""
        found = [cover.match.relation for _, cover in self.covers]
        return max(found, key=lambda relation: relation.rank)

    @property
    def proven(self) -> bool:
        """Whether nothing is missing except, for the same event, the gate."""
        return not self.missing

    @property
    def needs_gate(self) -> bool:
        """Whether without the steps nothing keeps this run from shipping a bad commit."""
        return self.ships and any(
            cover.match.relation is Relation.SAME_EVENT for _, cover in self.covers
        )
