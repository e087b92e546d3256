"""What is true of this process alone: the measurement that began before pytest did.

pytest and pytest-xdist build their own objects and offer no way to hand one in from before their
start, so the few facts that must cross that line stand here as module attributes.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moonpool.coverage.measure import Measurement

__all__ = ["die_with_parent", "measurement", "preparation"]

# The coverage measurement of this worker, from before the first import of the project's code.
measurement: Measurement | None = None

# Seconds that this process spent before its session, for the run's journal.
preparation: dict[str, float] = {}

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def die_with_parent() -> bool:
    """Ask the kernel to end this process when its parent is gone; False where it cannot.

    Without it execnet's workers outlive a killed controller by 6-15 s, busy all the while.
    """
    if sys.platform != "linux":
        return False
    import ctypes  # Some milliseconds that a run without workers need not spend.

    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)
