"""The decision of one run: how many workers, why, and the pytest arguments that follow from it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moonpool.plugin import wishes
from moonpool.plugin.forecast import forecast

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from moonpool.budget import Budget
    from moonpool.config import Settings
    from moonpool.plugin.forecast import Forecast

__all__ = ["Decision", "decide_run"]

# Files stay whole, so that module-level state and module-scoped fixtures mean what they mean
# serially. Put before all other arguments, so that any `--dist` of the user's wins.
_KEEP_FILES_WHOLE = ("--dist", "loadfile")


@dataclass(frozen=True)
class Decision:
    """What was decided for one run.

    ``workers`` is the number of worker processes, 0 when pytest's own process runs the tests;
    ``counts`` says whether pytest has to be told that number, which it knows or asks for after an
    `-n` of the user's. ``in_process_reason`` says why the run had to stay in one process whatever
    the budget of the ``forecast`` allows. ``chosen`` is False where somebody asked for this very
    number. ``wanted`` is more than ``workers`` while other runs hold the rest of the machine.
    """

    workers: int
    wanted: int
    forecast: Forecast
    in_process_reason: str | None
    counts: bool
    chosen: bool

    @property
    def budget(self) -> Budget:
        """The number of workers that suits these tests and this machine, with its reasons."""
        return self.forecast.budget

    @property
    def arguments(self) -> tuple[str, ...]:
        """What goes before pytest's other arguments."""
        if not self.workers:
            return ()
        return (*(("-n", str(self.workers)) if self.counts else ()), *_KEEP_FILES_WHOLE)

    @property
    def sentence(self) -> str:
        """The decision in one line."""
        if self.in_process_reason is not None:
            return f"no workers: {self.in_process_reason}"
        counted = {0: "no workers", 1: "1 worker"}.get(self.workers, f"{self.workers} workers")
        if self.workers < self.wanted:
            counted += f" now, {self.wanted} as other runs end"
        return f"{counted}: {self.budget.bound.reason}"

    def starting_with(self, granted: int) -> Decision:
        """Return the decision for a machine that has only ``granted`` workers to give now."""
        if not self.chosen or not self.workers or granted >= self.workers:
            return self
        return replace(self, workers=granted)


def decide_run(
    config: pytest.Config,
    parser: pytest.Parser,
    args: Sequence[str],
    settings: Settings,
    history_file: Path,
) -> Decision:
    """Decide for the tests that pytest's arguments select.

    Raises pytest.UsageError for a number of workers that cannot be meant, or a missing path.
    """
    wishes.check_paths(config.known_args_namespace, config.invocation_params.dir)
    options = _options(config, parser, [*_KEEP_FILES_WHOLE, *args])
    wish = wishes.explicit_wish(options, settings.workers)
    reason = wishes.in_process_reason(options, config.invocation_params)
    foreseen = forecast(config, settings, history_file, wish, wishes.ceiling(options))
    asked = getattr(options, "numprocesses", None)
    if isinstance(asked, int):
        return Decision(asked, asked, foreseen, None, counts=False, chosen=False)
    # One worker would only add a process and its start to what pytest does by itself.
    budget = foreseen.budget
    workers = 0 if reason or budget.in_process else budget.workers
    # A number that somebody asked for is not shared.
    return Decision(
        workers, workers, foreseen, reason, counts=asked is None, chosen=not wish.is_fixed
    )


def _options(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> argparse.Namespace:
    if not hasattr(config.known_args_namespace, "numprocesses"):
        return config.known_args_namespace
    return parser.parse_known_args(args, namespace=copy.copy(config.option))
