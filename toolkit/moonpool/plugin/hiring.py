"""How a run that has begun without workers gets them: slots, environment, scheduler, processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from moonpool.budget import thread_environment

if TYPE_CHECKING:
    import pytest

    from moonpool.plugin.crew import Crew
    from moonpool.plugin.decision import Decision
    from moonpool.plugin.measuring import RunCoverage
    from moonpool.plugin.recorder import Recorder
    from moonpool.plugin.sharing import Share

__all__ = ["Hiring"]


class Hiring(NamedTuple):
    """What a run's controller has that its workers need."""

    decision: Decision
    share: Share | None
    coverage: RunCoverage | None
    recorder: Recorder

    def hire(self, session: pytest.Session, workers: int, staying: frozenset[str]) -> Crew | None:
        """Start up to so many workers for all tests but those that stay; None for fewer than two.

        How many the machine has is for the pool to say.
        """
        if self.share is not None:
            workers = min(workers, self.share.ask(workers).granted)
        if workers < 2:
            return None
        from moonpool.plugin.arrangement import Arrangement
        from moonpool.plugin.crew import Crew
        from moonpool.plugin.scheduling import LongestFirst

        cpus, known = self.decision.budget.cpus, self.decision.forecast.known
        os.environ.update(thread_environment(workers, cpus, os.environ))
        if self.coverage is not None:
            self.coverage.export()
        order = Arrangement({}, known.seconds_per_test, elsewhere=staying)
        session.config.pluginmanager.register(LongestFirst(order))
        self.recorder.note("workers-added", workers=workers)
        return Crew(session, workers, self.recorder.collection_reports)
