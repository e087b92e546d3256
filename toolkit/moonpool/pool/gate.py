"""Whether this is a bad moment for one more worker, or even for the youngest one there is.

Live facts differ from one reader and moment to the next, so no share follows from them: they hold
back growth, and when memory runs short they take a worker away before the kernel does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.units import format_bytes

if TYPE_CHECKING:
    from moonpool.machine import Machine, Pressure

__all__ = [
    "CPU_PRESSURE_PERCENT",
    "MEMORY_PRESSURE_PERCENT",
    "growth_hindrance",
    "memory_shortage",
]

# Some task waited for memory in a tenth of the last ten seconds: the kernel is already reclaiming
# what is in use, and every worker more makes all of them slower.
MEMORY_PRESSURE_PERCENT = 10.0

# Workers that just fill the CPUs wait for one another now and then; in half of the time means that
# somebody uses CPUs who is not in the pool.
CPU_PRESSURE_PERCENT = 50.0


def growth_hindrance(machine: Machine, reserve_bytes: int, worker_bytes: int) -> str | None:
    """Return why no worker should be added now, as a lower-case fragment, or None."""
    return (
        memory_shortage(machine, reserve_bytes)
        or _lack(machine, reserve_bytes + worker_bytes, "the reserve and another worker need")
        or _strain("cpus", machine.cpu_pressure, CPU_PRESSURE_PERCENT)
    )


def memory_shortage(machine: Machine, reserve_bytes: int) -> str | None:
    """Return why a worker should be given up now, as a lower-case fragment, or None."""
    return _lack(machine, reserve_bytes, "the reserve is") or _strain(
        "memory", machine.memory_pressure, MEMORY_PRESSURE_PERCENT
    )


def _lack(machine: Machine, needed_bytes: int, what: str) -> str | None:
    free = machine.memory_free
    if free is None or free.free_bytes >= needed_bytes:
        return None
    return (
        f"{format_bytes(free.free_bytes)} of memory free ({free.source}), "
        f"{what} {format_bytes(needed_bytes)}"
    )


def _strain(name: str, pressure: Pressure | None, most: float) -> str | None:
    if pressure is None or pressure.some < most:
        return None
    return f"tasks waited for {name} in {pressure.some:.0f} % of the time ({pressure.source})"
