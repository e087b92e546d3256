"""What a proof lacks: occasions on which nothing ran the same, and relations that only may hold."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from moonpool.audit.redundancy.verdict import Missing

if TYPE_CHECKING:
    from moonpool.audit.redundancy.covering import Cover
    from moonpool.audit.redundancy.occasions import Occasion

__all__ = ["by_hand", "by_the_way", "unchecked", "unproven"]

_BY_HAND = frozenset({"workflow_dispatch", "repository_dispatch", "schedule"})


def by_hand(occasion: Occasion) -> bool:
    """Whether no change of the repository starts the workflow then."""
    return occasion.event in _BY_HAND


def by_the_way(occasion: Occasion) -> bool:
    """Whether what caused it is not what it is meant to follow, which is a push."""
    cause = occasion.cause
    return cause is not None and cause.occasion.event not in ("push", "push-tag")


def unchecked(occasion: Occasion) -> Missing:
    """Say that nothing ran the checks on an occasion."""
    if occasion.cause is not None:
        before = f"{PurePosixPath(occasion.cause.path).name} on {occasion.cause.occasion.words}"
        return Missing(f"it also starts after {before}, where these checks do not run")
    if occasion.event == "schedule":
        return Missing("it also runs on a schedule, where nothing else has run these checks")
    text = f"`{occasion.event}` starts it for any commit, tested or not"
    return Missing(text, "dispatch-on-main")


def unproven(found: Cover) -> list[Missing]:
    """Return what may differ where the checks were found, and what relates the two runs."""
    relation = found.match.relation
    missing = [Missing(doubt) for doubt in found.doubts]
    trigger = found.match.occasion.trigger
    filtered = trigger.given("paths") is not None or trigger.given("paths-ignore") is not None
    if filtered and relation.assumption:
        missing.append(Missing("its filter of paths leaves commits out"))
    if relation.assumption:
        missing.append(Missing(relation.words, relation.assumption))
    return missing
