"""Signs of strain: pressure, throttling, and processes that the kernel killed for memory.

Counters only grow; a reading before and one after a run say what happened in between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.machine.cgroup import group_key
from moonpool.machine.cpu import QUOTA
from moonpool.machine.facts import Counter, Pressure
from moonpool.machine.tree import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from moonpool.machine.cgroup import Hierarchy
    from moonpool.machine.facts import CpuLimit
    from moonpool.machine.tree import Tree

__all__ = ["oom_kills", "pressure", "throttled"]

_AVG10 = re.compile(r"^(some|full) avg10=([0-9]{1,3}\.[0-9]{2}) ", re.MULTILINE)
_WAITED_MICROSECONDS = re.compile(r"^some .* total=([0-9]{1,18})$", re.MULTILINE)


def pressure(tree: Tree, unified: Hierarchy, resource: str) -> Pressure | None:
    """Return the pressure on ``cpu`` or ``memory``, of the closest group that tells.

    Without control groups that tell, it is the host's.
    """
    places = [level / f"{resource}.pressure" for level in unified.levels]
    for path in (*places, tree.root / "proc/pressure" / resource):
        text = tree.text(path)
        if text is None:
            continue
        percent = {kind: float(number) for kind, number in _AVG10.findall(text)}
        if "some" in percent:
            full, source = percent.get("full"), printable(str(path))
            return Pressure(percent["some"], full, source, _waited_seconds(text))
        tree.note_garbage(path, text, "a line `some avg10=...`")
    return None


def _waited_seconds(text: str) -> float | None:
    waited = _WAITED_MICROSECONDS.search(text)
    return None if waited is None else int(waited[1]) / 1e6


def oom_kills(tree: Tree, memory: Hierarchy) -> Counter | None:
    """Return how many processes the kernel has killed for want of memory.

    The closest group counts its own members, whichever limit they ran into; the host counts all.
    """
    name = "memory.events" if memory.version == 2 else "memory.oom_control"
    places = [level / name for level in memory.levels]
    return _first_counter(tree, (*places, tree.root / "proc/vmstat"), "oom_kill")


def throttled(tree: Tree, cpu: Hierarchy, limits: Iterable[CpuLimit]) -> Counter | None:
    """Return in how many periods the tightest quota was used up; None without a quota."""
    quotas = [limit for limit in limits if limit.name == QUOTA]
    tightest = min(quotas, key=lambda limit: limit.cpus, default=None)
    levels = [level for level in cpu.levels if tightest and group_key(level) == tightest.key]
    return _first_counter(tree, [level / "cpu.stat" for level in levels], "nr_throttled")


def _first_counter(tree: Tree, places: Iterable[Path], field: str) -> Counter | None:
    for path in places:
        count = tree.field(path, field)
        if count is not None:
            return Counter(count, printable(str(path)))
    return None
