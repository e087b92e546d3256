"""The machine where there is no /proc: Python and psutil tell the host, Windows tells the job.

macOS has neither quotas nor affinity, so there the host's facts are all there is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psutil

from moonpool.machine.cpu import affinity_limit, host_limit
from moonpool.machine.facts import ASSUMED_CPU, FreeMemory, Machine, MemoryLimit
from moonpool.machine.host import Host
from moonpool.machine.windows import job_cpu_limit, job_memory_limits, kernel_query

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from moonpool.machine.windows import Query

__all__ = ["portable_affinity", "portable_host", "read_portable"]


def read_portable(
    *,
    host: Host | None = None,
    affinity: AbstractSet[int] | None = None,
    query: Query | None = None,
) -> Machine:
    """Read what this process may use; each fact that is given replaces the platform's own."""
    host = host or portable_host()
    query = query or kernel_query()
    job_cpus = job_cpu_limit(query, host.cpus) if query else None
    allowed = affinity_limit(affinity or portable_affinity(), "affinity of the process")
    memory = (*_host_memory(host), *(job_memory_limits(query) if query else ()))
    return Machine(
        cpu_limits=tuple(c for c in (host_limit(host), allowed, job_cpus) if c) or (ASSUMED_CPU,),
        memory_limits=memory,
        memory_free=_free(host, memory),
        cpu_pressure=None,
        memory_pressure=None,
        throttled=None,
        oom_kills=None,
        unreadable=(),
    )


def portable_host() -> Host:
    """Return the host's facts as Python and psutil tell them."""
    total, available = _memory()
    return Host("host", os.cpu_count(), "os.cpu_count", total, available, "psutil.virtual_memory")


def _memory() -> tuple[int | None, int | None]:
    try:
        memory = psutil.virtual_memory()
    except (OSError, RuntimeError, psutil.Error):
        return None, None
    return memory.total, memory.available


def portable_affinity() -> AbstractSet[int] | None:
    """Return the CPUs that this process may run on, where the platform tells."""
    process = psutil.Process()
    if not hasattr(process, "cpu_affinity"):
        return None
    try:
        return frozenset(process.cpu_affinity())
    except (OSError, psutil.Error):
        return None


def _host_memory(host: Host) -> tuple[MemoryLimit, ...]:
    if host.memory_bytes is None:
        return ()
    return (MemoryLimit("host memory", host.memory_bytes, host.memory_source, host.key),)


def _free(host: Host, limits: tuple[MemoryLimit, ...]) -> FreeMemory | None:
    """Return what the host has available; a job tells its limit but not what it uses."""
    if host.memory_available_bytes is None:
        return None
    offers = [FreeMemory(host.memory_available_bytes, f"{host.memory_source} (available)")]
    offers.extend(FreeMemory(limit.limit_bytes, limit.source) for limit in limits)
    return min(offers, key=lambda offer: offer.free_bytes)
