"""From everybody's claims to what one controller may hold at this moment.

The target is what fairness gives it in the end; the grant is what is really free, since others may
still hold more than their targets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.pool.shares import Capacity, Claim, Room, fair_targets

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Allowance", "Holder", "decide_allowance", "independent_allowance", "still_allowance"]


class Holder(NamedTuple):
    """A controller that holds workers while another one waits."""

    project: str
    checkout: str
    pid: int
    held: int
    cpus: float


class Allowance(NamedTuple):
    """What a controller may hold now.

    ``granted`` is recorded as held: start workers up to it. ``target`` is the fair share.
    ``others_wait`` says that somebody is owed workers, ``overcommitted`` that more is held than the
    machine has (promised first workers, or a capacity that shrank). ``waiting_for`` names who holds
    what while this controller has less than it wanted, most CPUs first. ``note`` is something to
    tell the person, given once. ``shared`` is False when nothing was agreed with others.
    """

    target: int
    granted: int
    others_wait: bool = False
    overcommitted: bool = False
    waiting_for: tuple[Holder, ...] = ()
    note: str | None = None
    shared: bool = True

    @property
    def surplus(self) -> int:
        """Workers to retire at their next file boundary, because they are needed elsewhere."""
        needed = self.others_wait or self.overcommitted
        return max(0, self.granted - self.target) if needed else 0


def decide_allowance(capacity: Capacity, own: Claim, others: Sequence[Claim]) -> Allowance:
    """Return the fair target and what can be had of it beyond what others hold now."""
    targets = fair_targets(capacity, (own, *others))
    room = Room(capacity)
    for claim in others:
        room.take_controller(claim)
        room.take(room.cost(claim), claim.held)
    room.take_controller(own)
    target, is_alone = targets[own.id], not any(claim.held for claim in others)
    first = own.is_promised or (target > 0 and (is_alone or room.fits_first(own)))
    granted = max(own.held, room.fitting(room.cost(own), target), int(first))
    others_wait = any(claim.held < targets[claim.id] for claim in others)
    room.take(room.cost(own), granted)
    return Allowance(target, granted, others_wait, room.is_overdrawn)


def independent_allowance(capacity: Capacity, own: Claim, note: str | None) -> Allowance:
    """Return what a controller may hold that cannot know of any other: a fixed share, all of it."""
    target = fair_targets(capacity, (own,))[own.id]
    return Allowance(target, max(own.held, target), note=note, shared=False)


def still_allowance(own: Claim, note: str | None) -> Allowance:
    """Return no change: what is held stays, and a promised first worker is given."""
    held = max(own.held, int(own.wanted > 0 and own.floor > 0))
    return Allowance(held, held, note=note, shared=False)
