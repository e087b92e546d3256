"""This run's part in the machine's pool of workers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.machine import read_machine
from moonpool.plugin.forecast import MACHINE_ROOT
from moonpool.pool import Controller, growth_hindrance, machine_capacity, open_pool, pool_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moonpool.budget import Suite
    from moonpool.config import Places, Settings
    from moonpool.machine import Machine
    from moonpool.pool import Allowance, Membership

__all__ = ["SWITCH", "Share", "holders_note", "join_pool"]

# `off` makes every run independent of all others.
SWITCH = "MOONPOOL_POOL"


@dataclass(frozen=True)
class Share:
    """What this run holds of the pool, and how it asks for more.

    ``worker_cpus`` and ``worker_bytes`` are what each worker is planned to take.
    ``read`` gives live facts of the machine, which only hold back growth.
    """

    membership: Membership
    worker_cpus: float
    worker_bytes: int
    reserve_bytes: int
    read: Callable[[], Machine]

    def ask(self, wanted: int, *, held: int | None = None) -> Allowance:
        """Say how many workers are wanted now, and learn how many may be held."""
        return self.membership.sync(
            wanted, weight=self.worker_cpus, worker_bytes=self.worker_bytes, held=held
        )

    def hindrance(self) -> str | None:
        """Return why no worker should be started at this moment, or None."""
        return growth_hindrance(self.read(), self.reserve_bytes)


def join_pool(
    places: Places, settings: Settings, suite: Suite, environ: Mapping[str, str] = os.environ
) -> Share | None:
    """Join the pool of this user and machine; None where the user switched it off."""
    if environ.get(SWITCH, "").lower() in ("off", "0", "false"):
        return None
    read = partial(read_machine, root=Path(environ.get(MACHINE_ROOT) or "/"))
    machine = read()
    capacity = machine_capacity(machine, settings.reserve_bytes)
    pool = open_pool(capacity, pool_key(machine), environ=environ)
    checkout = str(places.workspace_root or places.project_root)
    membership = pool.join(Controller(places.project, checkout, os.getpid()))
    return Share(membership, suite.worker_cpus, suite.worker_bytes, settings.reserve_bytes, read)


def holders_note(allowance: Allowance) -> str | None:
    """Return who holds the workers that this run would like, or None where it has all."""
    if not allowance.waiting_for:
        return None
    holders = ", ".join(f"{one.project} ({one.held})" for one in allowance.waiting_for)
    return f"workers held by other runs: {holders}"
