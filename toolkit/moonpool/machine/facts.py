"""The values in which this room answers: limits, what is free, strain, and what nobody could read.

Every number carries the file or call that said it. None means unknown, which is never 0.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "ASSUMED_CPU",
    "Counter",
    "CpuLimit",
    "FreeMemory",
    "Machine",
    "MemoryLimit",
    "Pressure",
    "Unreadable",
]


class CpuLimit(NamedTuple):
    """A number of CPUs that this process may use, and who says so.

    ``key`` names what is limited (the host, a set of CPUs, one control group): processes whose
    limits have equal keys share these CPUs, whatever paths their containers show them.
    """

    name: str
    cpus: float
    source: str
    key: str


# One CPU is what every process has, also where nobody tells how many there are.
ASSUMED_CPU = CpuLimit("assumed", 1.0, "nothing here tells the number of cpus", "host")


class MemoryLimit(NamedTuple):
    """Bytes that this process and its siblings may use together; ``key`` as in CpuLimit."""

    name: str
    limit_bytes: int
    source: str
    key: str


class FreeMemory(NamedTuple):
    """Bytes that can still be taken before a limit is reached, and which files said so."""

    free_bytes: int
    source: str


class Pressure(NamedTuple):
    """Percent of the last ten seconds in which some, or all, tasks waited (PSI ``avg10``).

    ``full`` is None where the kernel does not tell it (CPU pressure before Linux 5.13).
    ``waited_seconds`` is how long some task has waited in all; its difference between two readings
    tells of a shorter time than ten seconds.
    """

    some: float
    full: float | None
    source: str
    waited_seconds: float | None = None


class Counter(NamedTuple):
    """A count that only grows; what matters is its difference between two readings."""

    events: int
    source: str


class Unreadable(NamedTuple):
    """A place that exists but could not be read or understood, and why."""

    source: str
    reason: str


class Machine(NamedTuple):
    """What this process may use here and now; ``cpu_limits`` is never empty."""

    cpu_limits: tuple[CpuLimit, ...]
    memory_limits: tuple[MemoryLimit, ...]
    memory_free: FreeMemory | None
    cpu_pressure: Pressure | None
    memory_pressure: Pressure | None
    throttled: Counter | None
    oom_kills: Counter | None
    unreadable: tuple[Unreadable, ...]

    @property
    def cpu_limit(self) -> CpuLimit:
        """The limit that binds; of equal ones the first, which is the most general."""
        return min(self.cpu_limits, key=lambda limit: limit.cpus)

    @property
    def cpus(self) -> float:
        """CPUs that this process may use, as a fraction."""
        return self.cpu_limit.cpus

    @property
    def cpu_key(self) -> str:
        """What shares these CPUs, as a name that is the same in all its containers.

        Of equal limits the closest, because a container may show its own CPUs as the host's.
        """
        return min(reversed(self.cpu_limits), key=lambda limit: limit.cpus).key

    @property
    def memory_limit(self) -> MemoryLimit | None:
        """The limit that binds; of equal ones the first, which is the most general."""
        return min(self.memory_limits, key=lambda limit: limit.limit_bytes, default=None)

    @property
    def memory_limit_bytes(self) -> int | None:
        """The smallest memory limit, the host's own memory included."""
        return self.memory_limit.limit_bytes if self.memory_limit else None

    @property
    def memory_key(self) -> str | None:
        """What shares this memory; of equal limits the closest, as in ``cpu_key``."""
        closest_first = reversed(self.memory_limits)
        limit = min(closest_first, key=lambda limit: limit.limit_bytes, default=None)
        return limit.key if limit else None

    @property
    def memory_free_bytes(self) -> int | None:
        """Bytes that can still be taken before any limit is reached."""
        return self.memory_free.free_bytes if self.memory_free else None
