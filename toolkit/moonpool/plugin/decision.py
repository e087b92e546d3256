"""The decision of one run: how many workers, why, and the pytest arguments that follow from it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

from moonpool.budget import payback_limit, run_seconds
from moonpool.plugin import wishes
from moonpool.plugin.distributions import JOINABLE, SPLITTING, WHOLE_FILES
from moonpool.plugin.forecast import forecast
from moonpool.units import format_seconds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    import pytest

    from moonpool.budget import Budget, Suite
    from moonpool.config import Places, Settings
    from moonpool.plugin.forecast import Forecast
    from moonpool.plugin.forking import StartMethod

__all__ = ["Decision", "decide_run"]

# Saving less than this, by an estimate, is no reason to start workers before any test has run.
_SURE_SECONDS = 5.0

# How pytest-xdist distributes tests when nobody says how.
_XDISTS_OWN = "load"


class Decision(NamedTuple):
    """What was decided for one run.

    ``workers`` is the number of worker processes, 0 when pytest's own process runs the tests;
    ``counts`` says whether pytest has to be told that number, which it knows or asks for after an
    `-n` of the user's. ``in_process_reason`` says why the run had to stay in one process whatever
    the budget of the ``forecast`` allows. ``chosen`` is False where somebody asked for this very
    number. ``wanted`` is more than ``workers`` while other runs hold the rest of the machine.
    ``late`` is how many workers a run without any may take once its first tests were measured.
    ``dist`` is how pytest-xdist is to distribute the tests.
    """

    workers: int
    wanted: int
    forecast: Forecast
    in_process_reason: str | None
    counts: bool
    chosen: bool
    late: int = 0
    dist: str = WHOLE_FILES

    @property
    def budget(self) -> Budget:
        """The number of workers that suits these tests and this machine, with its reasons."""
        return self.forecast.budget

    @property
    def waits(self) -> str | None:
        """Why the run begins without the workers that the budget allows, if it does."""
        if not self.late or self.budget.in_process:
            return None
        work = format_seconds(self.budget.suite.work_seconds)
        return f"{work} of tests are only estimated, and the first ones will show what they take"

    @property
    def arguments(self) -> tuple[str, ...]:
        """What goes before pytest's other arguments."""
        if not self.workers:
            return ()
        return (*(("-n", str(self.workers)) if self.counts else ()), "--dist", self.dist)

    @property
    def sentence(self) -> str:
        """The decision in one line."""
        if self.in_process_reason is not None:
            return f"no workers: {self.in_process_reason}"
        if self.waits:
            return f"no workers to begin with: {self.waits}"
        counted = {0: "no workers", 1: "1 worker"}.get(self.workers, f"{self.workers} workers")
        if self.workers < self.wanted:
            counted += f" now, {self.wanted} as other runs end"
        return f"{counted}: {self.budget.bound.reason}"

    def beside(self, neighbours: int) -> int:
        """Return how many workers pay at once where so many other runs use the same CPUs.

        Workers that wait are many for the CPUs of a pool, and yet each of them has to start.
        """
        cpus = self.budget.cpus / (1 + neighbours)
        return payback_limit(self.workers, self.budget.suite, cpus).workers

    def starting_with(self, granted: int) -> Decision:
        """Return the decision for a machine that has only ``granted`` workers to give now."""
        if not self.chosen or not self.workers or granted >= self.workers:
            return self
        return self._replace(workers=granted)

    def hiring(self, workers: int, wanted: int, left: Suite) -> Decision:
        """Return the decision of a run that takes workers for what is left of its tests."""
        forecast = self.forecast._replace(budget=self.budget._replace(suite=left))
        return self._replace(workers=workers, wanted=wanted, forecast=forecast, late=0)


def decide_run(
    config: pytest.Config,
    parser: pytest.Parser,
    args: Sequence[str],
    settings: Settings,
    places: Places,
    method: StartMethod,
    *,
    chooses: bool,
) -> Decision:
    """Decide for the tests that pytest's arguments select.

    ``chooses`` says whether the distribution is ours to choose as well. Raises pytest.UsageError
    for a number of workers that cannot be meant, or a missing path.
    """
    wishes.check_paths(config.known_args_namespace, config.invocation_params.dir)
    # Files stay whole, so that module-level state and module-scoped fixtures mean what they mean
    # serially. Before all other arguments, so that any `--dist` of the user's wins.
    usual = WHOLE_FILES if chooses and not settings.split else _XDISTS_OWN
    options = _options(config, parser, ["--dist", usual, *args])
    dist = getattr(options, "dist", usual)
    wish = wishes.explicit_wish(options, settings.workers)
    reason = wishes.in_process_reason(options, config.invocation_params)
    splits, ceiling = dist in SPLITTING, wishes.ceiling(options)
    spared = method.spared_seconds
    foreseen = forecast(
        config, settings, places, wish, ceiling, splits=splits, spared_seconds=spared
    )
    asked = getattr(options, "numprocesses", None)
    if isinstance(asked, int):
        return Decision(asked, asked, foreseen, None, counts=False, chosen=False, dist=dist)
    # One worker would only add a process and its start to what pytest does by itself.
    budget = foreseen.budget
    late = 0 if reason or wish.is_fixed else _late_workers(budget, options, settings)
    workers = 0 if reason or budget.in_process or late else budget.workers
    # A number that somebody asked for is not shared.
    chosen = not wish.is_fixed
    return Decision(workers, workers, foreseen, reason, asked is None, chosen, late, dist)


def _late_workers(budget: Budget, options: argparse.Namespace, settings: Settings) -> int:
    """Return how many workers the run may take later, or 0 where it should not begin without any.

    An estimate from the number of tests may be wrong by a hundred times either way. Where it says
    that workers save much it is believed, since their start is little beside that.
    """
    suite, foreign = budget.suite, getattr(options, "cov_source", None)
    # This process has databases and values of its own by then, which workers would inherit.
    isolated = settings.databases is not None or settings.worker_env is not None
    if suite.measured or isolated or options.maxfail or foreign or options.dist not in JOINABLE:
        return 0
    alone, shared = (run_seconds(n, suite, budget.cpus) for n in (1, budget.workers))
    most = min(limit.workers for limit in budget.considered if limit.name != "payback")
    return most if most > 1 and alone - shared < _SURE_SECONDS else 0


def _options(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> argparse.Namespace:
    if not hasattr(config.known_args_namespace, "numprocesses"):
        return config.known_args_namespace
    return parser.parse_known_args(args, namespace=copy.copy(config.option))
