"""One seed of hashes for all workers of a run, so that sets have the same order in each of them.

Python draws a seed for each process. Tests whose parameters come from a set are then collected in
another order by every worker, which pytest-xdist refuses to run. The seed is drawn anew for each
run, and what the tests start draws its own, as it would in a run of one process.
"""

from __future__ import annotations

import os
import random

__all__ = ["forget_hash_seed", "share_hash_seed"]

_SEED = "PYTHONHASHSEED"

# Says that the seed is ours: one that the user set is for the tests' own processes as well.
_OURS = "MOONPOOL_HASH_SEED"

# The largest that Python takes.
_MOST = 2**32 - 1


def share_hash_seed() -> None:
    """Let workers that are started from now on have the same seed, unless the user chose one."""
    if os.environ.get(_SEED, "random") == "random":
        os.environ[_SEED] = os.environ[_OURS] = str(random.SystemRandom().randint(1, _MOST))


def forget_hash_seed() -> None:
    """Leave nothing of it to what this worker's tests start."""
    if os.environ.pop(_OURS, None) is not None:
        os.environ.pop(_SEED, None)
