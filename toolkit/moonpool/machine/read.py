"""One reading of the machine: finds who tells what here, asks, and puts the answers together.

On Linux everything is a file below ``root``. Any root but ``/`` is a machine of its own: nothing
of the real one is mixed in.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.machine.cgroup import read_cgroups
from moonpool.machine.cpu import affinity_limit, cpu_limits, recorded_affinity
from moonpool.machine.facts import ASSUMED_CPU, Machine
from moonpool.machine.host import read_host
from moonpool.machine.memory import free_memory, memory_limits
from moonpool.machine.pressure import oom_kills, pressure, throttled
from moonpool.machine.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from moonpool.machine.facts import CpuLimit

__all__ = ["read_machine"]

_REAL_ROOT = Path("/")


def read_machine(*, root: Path = _REAL_ROOT, affinity: AbstractSet[int] | None = None) -> Machine:
    """Read what this process may use here and now.

    ``root`` stands for ``/``; ``affinity`` replaces what the scheduler says, which for another
    root is the ``Cpus_allowed_list`` of its own /proc/self/status. Never raises for what it finds:
    the unreadable is listed in the answer.
    """
    tree = Tree(root)
    if root == _REAL_ROOT and not _is_linux(tree):
        # Imported only here: psutil and ctypes cost more than reading all of Linux's files.
        from moonpool.machine.portable import read_portable

        return read_portable(affinity=affinity)
    host, groups = read_host(tree), read_cgroups(tree)
    cpus = cpu_limits(tree, host, groups, _affinity(tree, affinity))
    memory = memory_limits(tree, host, groups.memory)
    return Machine(
        cpu_limits=cpus or (ASSUMED_CPU,),
        memory_limits=memory,
        memory_free=free_memory(tree, host, groups.memory, memory),
        cpu_pressure=pressure(tree, groups.unified, "cpu"),
        memory_pressure=pressure(tree, groups.unified, "memory"),
        throttled=throttled(tree, groups.cpu, cpus),
        oom_kills=oom_kills(tree, groups.memory),
        unreadable=tree.unreadable,
    )


def _is_linux(tree: Tree) -> bool:
    """Whether the system can be asked as Linux can; some others have a /proc, but less in it."""
    told = tree.text(tree.root / "proc/meminfo") is not None
    return told and hasattr(os, "sched_getaffinity")


def _affinity(tree: Tree, given: AbstractSet[int] | None) -> CpuLimit | None:
    if given:
        return affinity_limit(given, "affinity as given")
    if tree.root == _REAL_ROOT:
        return affinity_limit(os.sched_getaffinity(0), "sched_getaffinity")
    return recorded_affinity(tree)
