"""This run's part in the machine's pool of workers."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from moonpool.machine import read_machine
from moonpool.plugin.forecast import MACHINE_ROOT
from moonpool.plugin.live_costs import LiveCosts, WorkerPlan
from moonpool.plugin.terminal import say
from moonpool.pool import Controller, machine_capacity, open_pool, pool_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moonpool.config import Places, Settings
    from moonpool.machine import Machine
    from moonpool.plugin.forecast import Forecast
    from moonpool.pool import Allowance, Membership, Pool
    from moonpool.pool.tokens import Tokens

__all__ = [
    "SWITCH",
    "Share",
    "as_member",
    "holders_note",
    "join_pool",
    "open_own_pool",
    "read_live",
]

# `off` makes every run independent of all others.
SWITCH = "MOONPOOL_POOL"

# Set by pytest for what its tests start: the run around it would wait for one that waits.
_IN_A_TEST = "PYTEST_CURRENT_TEST"

# A first worker is free when another run ends, which is noticed within this time.
_WAIT_SECONDS = 0.5


class Share(NamedTuple):
    """What this run holds of the pool, and how it asks for more.

    ``costs`` says what each worker is planned to take, ``reserve_bytes`` what memory is left to
    others, and ``read`` gives live facts of the machine.
    ``tokens`` are those of a jobserver around this run, where there is one.
    """

    membership: Membership
    costs: LiveCosts
    reserve_bytes: int
    read: Callable[[], Machine]
    tokens: Tokens | None = None

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
            firm_bytes=not (self.costs.is_guess or _IN_A_TEST in os.environ),
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


def _own_bytes() -> int:
    """Return the most memory that this process has used: a controller, beside its workers."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def join_pool(
    places: Places,
    settings: Settings,
    forecast: Forecast,
    environ: Mapping[str, str] = os.environ,
) -> Share | None:
    """Join the pool of this user and machine; None where the user switched it off."""
    if environ.get(SWITCH, "").lower() in ("off", "0", "false"):
        return None
    pool = open_own_pool(settings, forecast, environ)
    membership = pool.join(as_member(places), floor=settings.floor)
    suite = forecast.budget.suite
    plan = WorkerPlan(suite.worker_cpus, suite.worker_bytes)
    least = settings.worker_bytes or 0
    costs = LiveCosts(plan, is_guess=not suite.measured, least_bytes=least)
    read = partial(read_live, environ)
    return Share(membership, costs, settings.reserve_bytes, read, _open_tokens(environ))


def open_own_pool(
    settings: Settings, forecast: Forecast, environ: Mapping[str, str] = os.environ
) -> Pool:
    """Open the pool that the runs of this user on this machine share."""
    capacity = machine_capacity(forecast.facts, settings.reserve_bytes)
    return open_pool(capacity, pool_key(forecast.facts), environ=environ)


def as_member(places: Places) -> Controller:
    """Return how this run is called in the pool."""
    checkout = str(places.workspace_root or places.project_root)
    return Controller(places.project, checkout, os.getpid())


def _open_tokens(environ: Mapping[str, str]) -> Tokens | None:
    if "jobserver" not in environ.get("MAKEFLAGS", ""):
        return None
    from moonpool.pool.tokens import open_tokens  # Only a run inside make needs it.

    return open_tokens(environ)


def read_live(environ: Mapping[str, str] = os.environ) -> Machine:
    """Read the machine as it is now, or the copy that the environment names."""
    return read_machine(root=Path(environ.get(MACHINE_ROOT) or "/"))


def holders_note(allowance: Allowance) -> str | None:
    """Return who holds the workers that this run would like, or None where it has all."""
    if not allowance.waiting_for:
        return None
    holders = ", ".join(f"{one.project} ({one.held})" for one in allowance.waiting_for)
    return f"workers held by other runs: {holders}"
