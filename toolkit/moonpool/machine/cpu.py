"""Every limit on the CPUs of this process: the host's, affinity, cpusets and quotas.

A quota of half a CPU stays 0.5: rounding belongs to whoever turns CPUs into workers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.machine.cgroup import Hierarchy, group_key
from moonpool.machine.facts import CpuLimit
from moonpool.machine.host import Host, cpu_list, cpu_numbers
from moonpool.machine.tree import printable, whole_number

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from moonpool.machine.cgroup import Cgroups
    from moonpool.machine.tree import Tree

__all__ = ["QUOTA", "affinity_limit", "cpu_limits", "host_limit", "recorded_affinity"]

# The name of the limits that throttle, as opposed to those that choose among CPUs.
QUOTA = "cgroup quota"

# The kernel's own default, which version 2 assumes when only a quota was written.
_DEFAULT_PERIOD = "100000"

_CPUSET_FILES = {1: ("cpuset.effective_cpus", "cpuset.cpus"), 2: ("cpuset.cpus.effective",)}


def cpu_limits(
    tree: Tree, host: Host, cgroups: Cgroups, affinity: CpuLimit | None
) -> tuple[CpuLimit, ...]:
    """Return all limits, from the most general to the closest."""
    found = [host_limit(host), affinity, _cpuset_limit(tree, cgroups.cpuset)]
    quotas = [_quota_limit(tree, cgroups.cpu.version, level) for level in cgroups.cpu.levels]
    return tuple(limit for limit in (*found, *reversed(quotas)) if limit)


def host_limit(host: Host) -> CpuLimit | None:
    """Return the host's logical CPUs as a limit."""
    if not host.cpus:
        return None
    return CpuLimit("logical cpus", float(host.cpus), printable(host.cpus_source), host.key)


def affinity_limit(cpus: AbstractSet[int] | None, source: str) -> CpuLimit | None:
    """Return the CPUs that the scheduler may use for this process as a limit."""
    return _set_limit("affinity", cpus, source) if cpus else None


def recorded_affinity(tree: Tree) -> CpuLimit | None:
    """Return the affinity that a tree's own /proc/self/status tells."""
    path = tree.root / "proc/self/status"
    for line in (tree.text(path) or "").split("\n"):
        name, _, value = line.partition(":")
        if name == "Cpus_allowed_list":
            return _listed_limit(tree, path, "affinity", value)
    return None


def _cpuset_limit(tree: Tree, hierarchy: Hierarchy) -> CpuLimit | None:
    """Return the smallest cpuset; a group's set lies within its parent's."""
    found = []
    for level in hierarchy.levels:
        for name in _CPUSET_FILES[hierarchy.version]:
            text = tree.text(level / name)
            # An empty set is one that was never written: the parent's holds.
            if text and text.strip():
                found.append(_listed_limit(tree, level / name, "cpuset", text))
                break
    return min((limit for limit in found if limit), key=lambda limit: limit.cpus, default=None)


def _listed_limit(tree: Tree, path: Path, name: str, text: str) -> CpuLimit | None:
    cpus = cpu_numbers(text)
    if not cpus:
        tree.note_garbage(path, text, "a list of CPUs such as `0-3`")
        return None
    return _set_limit(name, cpus, str(path))


def _set_limit(name: str, cpus: AbstractSet[int], source: str) -> CpuLimit:
    return CpuLimit(name, float(len(cpus)), printable(source), f"cpus:{cpu_list(cpus)}")


def _quota_limit(tree: Tree, version: int, level: Path) -> CpuLimit | None:
    path = level / ("cpu.max" if version == 2 else "cpu.cfs_quota_us")
    cpus = _quota(tree, path) if version == 2 else _quota_v1(tree, path)
    if cpus is None:
        return None
    return CpuLimit(QUOTA, cpus, printable(str(path)), group_key(level))


def _quota(tree: Tree, path: Path) -> float | None:
    text = tree.text(path)
    words = (text or "").split()
    if text is None or words[:1] == ["max"]:
        return None
    quota, period = [whole_number(word) for word in (*words, _DEFAULT_PERIOD, "")[:2]]
    if len(words) > 2 or quota is None or period is None or period <= 0:
        tree.note_garbage(path, text, "a quota and a period such as `150000 100000`")
        return None
    return quota / period if quota > 0 else None


def _quota_v1(tree: Tree, path: Path) -> float | None:
    quota = tree.number(path)
    if quota is None or quota <= 0:
        return None
    period_path = path.with_name("cpu.cfs_period_us")
    period = tree.number(period_path)
    if period is None or period <= 0:
        tree.note(period_path, f"no usable period for the quota of `{quota}` beside it")
        return None
    return quota / period
