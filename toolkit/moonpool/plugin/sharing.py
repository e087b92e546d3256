"""This run's part in the machine's pool of workers."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.machine import read_machine
from moonpool.plugin.forecast import MACHINE_ROOT
from moonpool.plugin.live_costs import LiveCosts, WorkerPlan
from moonpool.plugin.terminal import say
from moonpool.pool import (
    Controller,
    RecentPressure,
    growth_hindrance,
    machine_capacity,
    memory_shortage,
    open_pool,
    open_tokens,
    pool_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moonpool.budget import Suite
    from moonpool.config import Places, Settings
    from moonpool.machine import Machine
    from moonpool.pool import Allowance, Membership, Tokens

__all__ = ["SWITCH", "Share", "holders_note", "join_pool", "read_live"]

# `off` makes every run independent of all others.
SWITCH = "MOONPOOL_POOL"

# A first worker is free when another run ends, which is noticed within this time.
_WAIT_SECONDS = 0.5


@dataclass(frozen=True)
class Share:
    """What this run holds of the pool, and how it asks for more.

    ``costs`` says what each worker is planned to take. ``read`` gives live facts of the machine,
    from which no share follows: they hold back growth, and give up a worker when memory runs short.
    ``tokens`` are those of a jobserver around this run, where there is one.
    """

    membership: Membership
    costs: LiveCosts
    reserve_bytes: int
    read: Callable[[], Machine]
    tokens: Tokens | None = None
    _recent: RecentPressure = field(default_factory=RecentPressure)

    def ask(self, wanted: int, *, held: int | None = None) -> Allowance:
        """Say how many workers are wanted now, and learn how many may be held."""
        if self.tokens is not None and held is None:
            wanted = max(self.membership.held, self.tokens.reserve(wanted))
        plan = self.costs.plan
        allowance = self.membership.sync(
            wanted,
            weight=plan.cpus,
            worker_bytes=plan.bytes,
            own_bytes=_own_bytes() if wanted > 1 else 0,
            held=held,
        )
        self._keep_tokens()
        return allowance

    def release(self) -> None:
        """Give back the slot of a worker whose process is gone."""
        self.membership.release()
        self._keep_tokens()

    def leave(self) -> None:
        """Give back everything."""
        self.membership.leave()
        if self.tokens is not None:
            self.tokens.close()

    def _keep_tokens(self) -> None:
        if self.tokens is not None:
            self.tokens.keep(self.membership.held)

    def await_first(self, wanted: int, *, held: int | None = None) -> Allowance:
        """Ask until there is a worker at all, and say whom the run waits for."""
        allowance = self.ask(wanted, held=held)
        told = None
        while not allowance.granted:
            note = holders_note(allowance)
            if note != told:
                say([f"waiting for a worker; {note}"])
            told = note
            time.sleep(_WAIT_SECONDS)
            allowance = self.ask(wanted)
        return allowance

    def hindrance(self) -> str | None:
        """Return why no worker should be started at this moment, or None."""
        machine = self.read()
        recent = self._recent.since_last(machine.cpu_pressure)
        machine = replace(machine, cpu_pressure=recent)
        return growth_hindrance(machine, self.reserve_bytes, self.costs.plan.bytes)

    def memory_shortage(self) -> str | None:
        """Return why a worker should be given up at this moment, or None."""
        return memory_shortage(self.read(), self.reserve_bytes)


def _own_bytes() -> int:
    """Return the most memory that this process has used: a controller, beside its workers."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def join_pool(
    places: Places, settings: Settings, suite: Suite, environ: Mapping[str, str] = os.environ
) -> Share | None:
    """Join the pool of this user and machine; None where the user switched it off."""
    if environ.get(SWITCH, "").lower() in ("off", "0", "false"):
        return None
    read = partial(read_live, environ)
    machine = read()
    capacity = machine_capacity(machine, settings.reserve_bytes)
    pool = open_pool(capacity, pool_key(machine), environ=environ)
    checkout = str(places.workspace_root or places.project_root)
    who = Controller(places.project, checkout, os.getpid())
    membership = pool.join(who, floor=settings.floor)
    plan = WorkerPlan(suite.worker_cpus, suite.worker_bytes)
    least = settings.worker_bytes or 0
    costs = LiveCosts(plan, is_guess=not suite.measured, least_bytes=least)
    return Share(membership, costs, settings.reserve_bytes, read, open_tokens(environ))


def read_live(environ: Mapping[str, str] = os.environ) -> Machine:
    """Read the machine as it is now, or the copy that the environment names."""
    return read_machine(root=Path(environ.get(MACHINE_ROOT) or "/"))


def holders_note(allowance: Allowance) -> str | None:
    """Return who holds the workers that this run would like, or None where it has all."""
    if not allowance.waiting_for:
        return None
    holders = ", ".join(f"{one.project} ({one.held})" for one in allowance.waiting_for)
    return f"workers held by other runs: {holders}"
