"""Coverage of one process, one project and the whole workspace, exact as in a serial run.

Re-exported is what every test run asks, whether it measures or not. The rest is imported from its
module: ``measure`` by a run that does, ``project`` at its end, ``combine`` and ``reports`` by
commands.
"""

from __future__ import annotations

from moonpool.coverage.setting import wanted

__all__ = ["wanted"]
