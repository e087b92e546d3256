"""Whether this is a moment for more workers, or for fewer.

Live facts differ from one reader and moment to the next, so no share follows from them: they hold
back growth, and give up a worker when memory runs short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.pool.gate import growth_hindrance, memory_shortage
from moonpool.pool.strain import RecentPressure

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonpool.machine import Machine

__all__ = ["Moment", "Strain"]


class Moment(NamedTuple):
    """The machine at one moment, of whose memory ``reserve_bytes`` are to stay free."""

    machine: Machine
    reserve_bytes: int

    @property
    def shortage(self) -> str | None:
        """Why a worker should be given up now, as a lower-case fragment, or None."""
        return memory_shortage(self.machine, self.reserve_bytes)

    def hindrance(self, worker_bytes: int) -> str | None:
        """Return why no worker of such a size should be started now, or None."""
        return growth_hindrance(self.machine, self.reserve_bytes, worker_bytes)


class Strain:
    """Looks at the machine once per moment; ``read`` gives its live facts."""

    def __init__(self, read: Callable[[], Machine], reserve_bytes: int) -> None:
        self._read = read
        self._reserve_bytes = reserve_bytes
        self._recent = RecentPressure()

    def look(self) -> Moment:
        """Read the machine, with the CPU pressure since the look before."""
        machine = self._read()
        recent = self._recent.since_last(machine.cpu_pressure)
        return Moment(machine._replace(cpu_pressure=recent), self._reserve_bytes)
