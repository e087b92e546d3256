"""`--moonpool-explain FILE`: the decision as JSON instead of a test run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.budget import start_seconds
from moonpool.files import write_versioned_json
from moonpool.plugin.distributions import SPLITTING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from moonpool.config import Places
    from moonpool.plugin.decision import Decision

__all__ = ["VERSION", "Explainer"]

VERSION = 1


class Explainer:
    """Ends pytest before collection and leaves the decision in a file."""

    def __init__(self, path: Path, places: Places, decision: Decision) -> None:
        self._path = path
        self._places = places
        self._decision = decision

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self) -> int:
        """Write the decision; nothing else of pytest runs."""
        write_versioned_json(self._path, VERSION, self._content())
        return 0

    def _content(self) -> dict[str, Any]:
        budget = self._decision.budget
        reason = self._decision.in_process_reason or self._decision.waits
        bound = "payback" if self._decision.waits else budget.bound.name
        return {
            "project": self._places.project,
            "workers": max(1, self._decision.workers),
            "in_process": self._decision.workers == 0,
            "bound_by": "options" if self._decision.in_process_reason else bound,
            "reasons": [reason or budget.bound.reason],
            "considered": [
                {"limit": limit.name, "workers": limit.workers, "reason": limit.reason}
                for limit in budget.considered
            ],
            "cpus": budget.cpus,
            "doubts": list(budget.doubts),
            "suite": self._suite(),
        }

    def _suite(self) -> dict[str, Any]:
        suite = self._decision.budget.suite
        files = self._decision.forecast.files
        return {
            "files": {name: {"seconds": e.seconds, "tests": e.tests} for name, e in files.items()},
            "measured": suite.measured,
            # Of workers that each have a CPU of their own.
            "start_seconds": start_seconds(2, suite, cpus=2.0),
            "split": self._decision.dist in SPLITTING,
        }
