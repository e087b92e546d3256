"""The door of the pool: opens it for a controller, or shows it to a person."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from moonpool.pool.clock import boot_seconds
from moonpool.pool.entries import Controller, effective_claim
from moonpool.pool.ledger import Ledger
from moonpool.pool.membership import Membership
from moonpool.pool.place import FOLDER_VARIABLE, find_folder
from moonpool.pool.shares import Capacity, Claim, fair_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from moonpool.machine import Machine

__all__ = ["Pool", "Snapshot", "Standing", "machine_capacity", "open_pool"]

# Long enough for every section that moves, short enough for somebody who looks.
_LOOK_SECONDS = 1.0


class Standing(NamedTuple):
    """One controller as an onlooker sees it.

    ``waiting_seconds`` is None for one that has all it wants; ``understood`` is False for the
    record of another version, of which only a part can be read.
    """

    controller: Controller
    claim: Claim
    target: int
    waiting_seconds: float | None
    understood: bool


class Snapshot(NamedTuple):
    """Who holds what at one moment; ``free`` is negative where floors overcommit the machine."""

    capacity: Capacity
    standings: tuple[Standing, ...]

    @property
    def free(self) -> Capacity:
        """What nobody holds."""
        cpus = sum(each.claim.held * each.claim.weight for each in self.standings)
        planned = sum(each.claim.planned_bytes for each in self.standings)
        memory = self.capacity.memory_bytes
        return Capacity(self.capacity.cpus - cpus, None if memory is None else memory - planned)


class Pool(NamedTuple):
    """The pool of this user and machine; without a ``folder``, ``unusable`` says why."""

    capacity: Capacity
    folder: Path | None
    unusable: str | None = None
    clock: Callable[[], float] = boot_seconds

    @property
    def trouble(self) -> str | None:
        """What to tell the person whose run cannot share, or None."""
        if self.unusable is None:
            return None
        return (
            f"no pool of workers can be shared: {self.unusable}; this run takes workers as if it "
            f"were alone (`{FOLDER_VARIABLE}` names another folder)"
        )

    def join(self, controller: Controller, *, floor: int = 1) -> Membership:
        """Take part. ``floor`` 0 waits for a first worker, 1 gets it whatever others hold."""
        ledger = None if self.folder is None else Ledger(self.folder)
        return Membership(
            ledger,
            self.capacity,
            controller,
            floor=floor,
            trouble=self.trouble,
            clock=self.clock,
        )

    def snapshot(self) -> Snapshot:
        """Show who holds what, who has waited longest first. Changes nothing.

        Raises OSError when the folder is gone.
        """
        if self.folder is None:
            return Snapshot(self.capacity, ())
        ledger = Ledger(self.folder)
        # Somebody who is stopped inside must not hide from the very command that shows him.
        with ledger.section(_LOOK_SECONDS) as entered:
            entries = ledger.entries(reap=entered)
        now = self.clock()
        targets = fair_targets(self.capacity, [effective_claim(entry, now) for entry in entries])
        standings = [
            Standing(
                entry.controller,
                entry.claim,
                targets[entry.claim.id],
                None if entry.claim.since is None else max(0.0, now - entry.claim.since),
                entry.understood,
            )
            for entry in entries
        ]
        return Snapshot(self.capacity, tuple(sorted(standings, key=_longest_waiting_first)))


def _longest_waiting_first(standing: Standing) -> tuple[float, str, int, str]:
    who = standing.controller
    return -(standing.waiting_seconds or 0.0), who.project, who.pid, standing.claim.id


def machine_capacity(machine: Machine, reserve_bytes: int) -> Capacity:
    """Return what a machine gives to all workers together, from facts that do not move."""
    limit = machine.memory_limit_bytes
    return Capacity(machine.cpus, None if limit is None else max(0, limit - reserve_bytes))


def open_pool(
    capacity: Capacity,
    key: str,
    *,
    environ: Mapping[str, str] = os.environ,
    temporary: Path | None = None,
    clock: Callable[[], float] = boot_seconds,
) -> Pool:
    """Open the pool that ``key`` (see ``pool_key``) names, making its folder if needed.

    Never raises for what it finds: without a usable folder the pool has a ``trouble``, and its
    members are independent of each other.
    """
    folder, reason = find_folder(key, environ, temporary=temporary)
    return Pool(capacity, folder, reason if folder is None else None, clock)
