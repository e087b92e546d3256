"""What this process may use here and now: CPUs, memory, and signs of strain.

See docs/machine.md for what is read and which limit binds.
"""

from moonpool.machine.facts import (
    Counter,
    CpuLimit,
    FreeMemory,
    Machine,
    MemoryLimit,
    Pressure,
    Unreadable,
)
from moonpool.machine.read import read_machine
from moonpool.machine.speed import machine_class

__all__ = [
    "Counter",
    "CpuLimit",
    "FreeMemory",
    "Machine",
    "MemoryLimit",
    "Pressure",
    "Unreadable",
    "machine_class",
    "read_machine",
]
