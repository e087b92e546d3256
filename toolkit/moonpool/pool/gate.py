"""Whether this is a bad moment for one more worker, from what the machine says of itself now.

Live facts differ from one reader and moment to the next, so they only hold back growth: the
capacity that controllers share comes from static facts alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.units import format_bytes

if TYPE_CHECKING:
    from moonpool.machine import Machine, Pressure

__all__ = ["CPU_PRESSURE_PERCENT", "MEMORY_PRESSURE_PERCENT", "growth_hindrance"]

# Some task waited for memory in a tenth of the last ten seconds: the kernel is already reclaiming
# what is in use, and every worker more makes all of them slower.
MEMORY_PRESSURE_PERCENT = 10.0

# Workers that just fill the CPUs wait for one another now and then; in half of the time means that
# somebody uses CPUs who is not in the pool.
CPU_PRESSURE_PERCENT = 50.0


def growth_hindrance(machine: Machine, reserve_bytes: int) -> str | None:
    """Return why no worker should be added now, as a lower-case fragment, or None."""
    free = machine.memory_free
    if free is not None and free.free_bytes < reserve_bytes:
        return (
            f"{format_bytes(free.free_bytes)} of memory free ({free.source}), "
            f"less than the reserve of {format_bytes(reserve_bytes)}"
        )
    return _strain("memory", machine.memory_pressure, MEMORY_PRESSURE_PERCENT) or _strain(
        "cpus", machine.cpu_pressure, CPU_PRESSURE_PERCENT
    )


def _strain(name: str, pressure: Pressure | None, most: float) -> str | None:
    if pressure is None or pressure.some < most:
        return None
    return f"tasks waited for {name} in {pressure.some:.0f} % of the last 10 s ({pressure.source})"
