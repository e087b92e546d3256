"""Whether a newer commit stops a run on which another one rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.reading.expressions import evaluate
from moonpool.audit.redundancy.relation import Relation

if TYPE_CHECKING:
    from moonpool.audit.redundancy.occasions import Occasion
    from moonpool.audit.redundancy.relation import Match

__all__ = ["is_cancelled"]

# A group with one of these in its name has one run only.
_RUN_ONLY_ONCE = ("github.run_id", "github.sha", "github.run_number")


def is_cancelled(match: Match) -> bool:
    """Whether a newer commit stops the other run while this one goes on."""
    if match.relation is not Relation.SAME_EVENT:
        return False
    groups = [match.run.root.content.get("concurrency")]
    groups += [entry.job.content.get("concurrency") for entry in match.jobs]
    return any(_cancels(group, match.occasion) for group in groups)


def _cancels(group: object, occasion: Occasion) -> bool:
    if not isinstance(group, dict):
        return False
    written = group.get("cancel-in-progress", False)
    name = str(group.get("group", ""))
    if any(context in name for context in _RUN_ONLY_ONCE):
        return False
    if isinstance(written, str):
        return evaluate(written, occasion.lookup(None)) is not False
    return bool(written)
