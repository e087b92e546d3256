"""How a run that has begun without workers gets them: slots, environment, scheduler, processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from moonpool.budget import thread_environment

if TYPE_CHECKING:
    import pytest

    from moonpool.budget import Suite
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

    def hire(
        self, session: pytest.Session, wanted: int, left: Suite, staying: frozenset[str]
    ) -> Crew | None:
        """Start up to so many workers for what is left, all but the tests that stay.

        How many the machine has is for the pool to say, now and later; None for fewer than two.
        """
        workers = wanted
        if self.share is not None:
            workers = min(wanted, self.share.ask(wanted).granted)
        if workers < 2:
            return None
        from moonpool.plugin.arrangement import Arrangement
        from moonpool.plugin.crew import Crew
        from moonpool.plugin.direction import direct_workers
        from moonpool.plugin.hash_seed import share_hash_seed

        cpus = self.decision.budget.cpus
        os.environ.update(thread_environment(wanted, cpus, os.environ))
        share_hash_seed()
        if self.coverage is not None:
            self.coverage.export()
        decision = self.decision.hiring(workers, wanted, left)
        per_test = left.work_seconds / left.tests
        order = Arrangement({}, per_test, elsewhere=staying, workers=wanted)
        direction = direct_workers(session.config, decision, self.share, order)
        self.recorder.note("workers-added", workers=workers)
        crew = Crew(session, workers, decision.dist, self.recorder.collection_reports)
        direction.begin(session.config)
        return crew
