"""How much tasks waited for CPUs since the last look, rather than in the last ten seconds.

The kernel's ten-second mean still tells of runs that have ended; who waits for it to fall leaves
their workers idle.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonpool.machine import Pressure

__all__ = ["RecentPressure"]

# Below this a few scheduling delays look like strain.
_SHORTEST_SECONDS = 0.2


class RecentPressure:
    """Turns readings of one pressure into the percentage between two of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waited: float | None = None
        self._at = clock()

    def since_last(self, pressure: Pressure | None) -> Pressure | None:
        """Return the pressure since the reading before; the first is taken as it is.

        So is one that comes too soon, and one whose kernel tells no total.
        """
        if pressure is None or pressure.waited_seconds is None:
            return pressure
        now = self._clock()
        before, elapsed = self._waited, now - self._at
        if before is not None and elapsed < _SHORTEST_SECONDS:
            return pressure
        self._waited, self._at = pressure.waited_seconds, now
        if before is None or pressure.waited_seconds < before:
            return pressure
        percent = min(100.0, 100.0 * (pressure.waited_seconds - before) / elapsed)
        return pressure._replace(some=percent)
