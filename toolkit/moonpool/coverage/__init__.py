"""Coverage of one process, one project and the whole workspace, exact as in a serial run.

Re-exported is what starts in every test run, which must cost nothing until it measures. The rest is
imported from its module: ``project`` at the end of a run, ``combine`` and ``reports`` by commands.
"""

from __future__ import annotations

from moonpool.coverage.measure import Measurement, start
from moonpool.coverage.setting import wanted

__all__ = ["Measurement", "start", "wanted"]
