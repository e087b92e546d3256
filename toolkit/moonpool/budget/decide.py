"""Machine, suite and wish in; a number of workers with its reasons out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.budget.limits import Capacity, Limit, Suite, cpu_limit, file_limit, memory_limit
from moonpool.budget.pays import payback_limit

if TYPE_CHECKING:
    from moonpool.budget.wish import Wish

__all__ = ["Budget", "decide"]


class Budget(NamedTuple):
    """How many workers to run, and every limit that was considered.

    ``bound`` is the limit that set the number; ``cpus`` the CPUs (a fraction) that the workers'
    threads are divided among; ``suite`` what was known of the tests, with the CPUs and the memory
    planned for each worker; ``doubts`` name facts of the machine that could not be read.
    """

    workers: int
    bound: Limit
    considered: tuple[Limit, ...]
    cpus: float
    suite: Suite
    doubts: tuple[str, ...] = ()

    @property
    def in_process(self) -> bool:
        """Whether the tests run in pytest's own process, without pytest-xdist."""
        return self.workers <= 1


def decide(capacity: Capacity, suite: Suite, wish: Wish, ceiling: Limit | None = None) -> Budget:
    """Return the smallest of all limits; a fixed number that somebody asked for stands as it is.

    Limits in the order in which ties are named: CPUs, memory, number of test files, the user's
    ``ceiling``, and whether another worker pays for its start.
    """
    if wish.workers is not None:
        asked = Limit("wish", wish.workers, f"{wish.source} asks for {wish.workers}")
        return Budget(wish.workers, asked, (asked,), capacity.cpus, suite, capacity.doubts)
    cpus, memory = cpu_limit(capacity, suite, wish.share), memory_limit(capacity, suite)
    hard = (cpus, memory, file_limit(suite), ceiling)
    limits = [limit for limit in hard if limit is not None]
    most = min(limit.workers for limit in limits)
    limits.append(payback_limit(most, suite, capacity.cpus))
    bound = min(limits, key=lambda limit: limit.workers)
    return Budget(bound.workers, bound, tuple(limits), capacity.cpus, suite, capacity.doubts)
