"""What each controller may have for good: weighted max-min over CPUs and bytes, in whole workers.

The rule is dominant resource fairness (Ghodsi et al., NSDI 2011) by progressive filling: the next
worker goes to whoever has the smallest share of the currency that it uses most. Every reader of
the same claims comes to the same answer: CPUs are counted in whole thousandths.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Capacity", "Claim", "Room", "fair_targets", "seniority"]


class Capacity(NamedTuple):
    """What all controllers of a machine share: CPUs as a fraction, and bytes (None: unknown)."""

    cpus: float
    memory_bytes: int | None


class Claim(NamedTuple):
    """What one controller has and would like.

    ``weight`` is the CPUs and ``worker_bytes`` the memory of each of its workers, ``own_bytes`` the
    memory of the controller beside them. ``floor`` is 1 for a controller that gets its first worker
    whatever CPUs the others hold, 0 for one that waits. ``firm_bytes`` says that ``worker_bytes``
    is no guess: then the first worker waits until they fit; the kernel would kill somebody else.
    ``since`` is when it began to want more than it holds, in the seconds of ``boot_seconds``;
    None when it is content.
    """

    id: str
    weight: float = 1.0
    worker_bytes: int = 0
    wanted: int = 0
    held: int = 0
    floor: int = 1
    since: float | None = None
    own_bytes: int = 0
    firm_bytes: bool = False

    @property
    def is_promised(self) -> bool:
        """Whether a first worker needs no room in either currency."""
        return self.wanted > 0 and (self.held > 0 or (self.floor > 0 and not self.firm_bytes))

    @property
    def planned_bytes(self) -> int:
        """The memory planned for the controller and all the workers that it holds."""
        return self.own_bytes + self.held * self.worker_bytes


class Room:
    """What is left of a capacity while claims are served; below zero when floors overcommit it."""

    def __init__(self, capacity: Capacity) -> None:
        # A machine without a whole thousandth of a CPU does not exist, and shares divide by it.
        self.cpus = self._all_cpus = max(1, math.floor(capacity.cpus * 1000 + 1e-6))
        self._counts_bytes = capacity.memory_bytes is not None
        self.bytes = self._all_bytes = max(1, capacity.memory_bytes or 0)

    def cost(self, claim: Claim) -> tuple[int, int]:
        """Return thousandths of a CPU, and bytes, of one worker.

        A worker that is larger than the machine takes all of it, so that it can run alone.
        """
        cpus = min(max(1, round(claim.weight * 1000)), self._all_cpus)
        return cpus, min(claim.worker_bytes, self._all_bytes) if self._counts_bytes else 0

    def take(self, cost: tuple[int, int], workers: int = 1) -> None:
        """Count workers as served, whether or not there is room."""
        self.cpus -= cost[0] * workers
        self.bytes -= cost[1] * workers

    def take_controller(self, claim: Claim) -> None:
        """Count a controller's own memory; its process is there before any worker of it."""
        if self._counts_bytes:
            self.bytes -= claim.own_bytes

    def fitting(self, cost: tuple[int, int], most: int) -> int:
        """Return how many workers, up to ``most``, still fit into both currencies."""
        fit = min(most, self.cpus // cost[0])
        if cost[1]:
            fit = min(fit, self.bytes // cost[1])
        return max(0, fit)

    def fits_first(self, claim: Claim) -> bool:
        """Whether a first worker fits that was not promised; with a floor only memory counts."""
        cost = self.cost(claim)
        return cost[1] <= max(0, self.bytes) if claim.floor else bool(self.fitting(cost, 1))

    @property
    def is_overdrawn(self) -> bool:
        """Whether more was taken than there is."""
        return self.cpus < 0 or self.bytes < 0

    def share(self, cost: tuple[int, int], workers: int) -> float:
        """Return the part of the machine that workers take, in the currency they use most."""
        return workers * max(cost[0] / self._all_cpus, cost[1] / self._all_bytes)


def seniority(claim: Claim) -> tuple[float, str]:
    """Return what decides between equals: who has waited longest, then the id."""
    return (math.inf if claim.since is None else claim.since, claim.id)


def fair_targets(capacity: Capacity, claims: Sequence[Claim]) -> dict[str, int]:
    """Return how many workers each claim should come to hold, by id.

    Served in this order: floors, and the first worker of whoever has one already (it cannot be
    given back in the middle of a run); first workers of those who wait, longest first, stopping
    at one that does not fit, since smaller ones that overtake could keep it out for ever; then
    everything that is left, evenly. Where nobody runs the first one fits, whatever its size.
    """
    room = Room(capacity)
    targets = {claim.id: int(claim.is_promised) for claim in claims}
    for claim in claims:
        room.take_controller(claim)
        room.take(room.cost(claim), targets[claim.id])
    waiting = [claim for claim in claims if claim.wanted > 0 and not targets[claim.id]]
    for claim in sorted(waiting, key=seniority):
        if any(targets.values()) and not room.fits_first(claim):
            break
        room.take(room.cost(claim))
        targets[claim.id] = 1
    _fill(room, targets, (claim for claim in claims if targets[claim.id]))
    return targets


def _fill(room: Room, targets: dict[str, int], claims: Iterable[Claim]) -> None:
    """Give what is left, one worker at a time, to the smallest share that can use it."""

    def place(claim: Claim) -> tuple[float, bool, tuple[float, str], Claim]:
        workers = targets[claim.id]
        # Between equals the odd worker stays where it is: moving it costs a start and wins nothing.
        return room.share(room.cost(claim), workers), claim.held <= workers, seniority(claim), claim

    queue = [place(claim) for claim in claims if targets[claim.id] < claim.wanted]
    heapq.heapify(queue)
    while queue:
        claim = queue[0][-1]
        cost = room.cost(claim)
        # What does not fit now never will: room only shrinks.
        if not room.fitting(cost, 1):
            heapq.heappop(queue)
            continue
        room.take(cost)
        targets[claim.id] += 1
        if targets[claim.id] < claim.wanted:
            heapq.heapreplace(queue, place(claim))
        else:
            heapq.heappop(queue)
