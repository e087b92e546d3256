"""Every limit on the memory of this process, and how much of it is still free.

Page cache that the kernel would drop first (``inactive_file``) counts as free, as the kernel
itself reckons in MemAvailable. Bytes stay bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.machine.cgroup import Hierarchy, group_key
from moonpool.machine.facts import FreeMemory, MemoryLimit
from moonpool.machine.tree import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moonpool.machine.host import Host
    from moonpool.machine.tree import Tree

__all__ = ["free_memory", "memory_limits"]

# Version 1 writes "no limit" as the largest number of whole pages, just below 2**63, whatever the
# size of a page; no machine has a quarter of that.
_NO_LIMIT_V1_BYTES = 2**61


class _Files(NamedTuple):
    """The names under which one version of control groups tells about memory."""

    limits: tuple[tuple[str, str], ...]
    usage: str
    inactive: str


_FILES = {
    1: _Files(
        (("memory.limit_in_bytes", "cgroup limit"),),
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
    # Above `memory.high` the kernel throttles instead of killing, which stalls a test run just so.
    2: _Files(
        (("memory.max", "cgroup limit"), ("memory.high", "cgroup throttle")),
        "memory.current",
        "inactive_file",
    ),
}


def memory_limits(tree: Tree, host: Host, hierarchy: Hierarchy) -> tuple[MemoryLimit, ...]:
    """Return all limits, from the most general to the closest."""
    found = [_host_limit(host)] if host.memory_bytes else []
    for level in reversed(_governing(tree, hierarchy)):
        found.extend(_level_limits(tree, hierarchy.version, level))
    if hierarchy.version == 1 and hierarchy.levels:
        found.extend(_hidden_limit(tree, hierarchy.levels[0], found))
    most = host.memory_bytes or _NO_LIMIT_V1_BYTES
    return tuple(limit for limit in found if hierarchy.version == 2 or limit.limit_bytes <= most)


def _host_limit(host: Host) -> MemoryLimit:
    assert host.memory_bytes is not None
    return MemoryLimit("host memory", host.memory_bytes, printable(host.memory_source), host.key)


def _governing(tree: Tree, hierarchy: Hierarchy) -> tuple[Path, ...]:
    """Return the levels whose limits hold for this process, leaf first."""
    levels = hierarchy.levels
    for depth, level in enumerate(levels[1:], start=1):
        # Without hierarchy, which version 1 allowed before Linux 5.11, a group answers for itself.
        if hierarchy.version == 1 and tree.number(level / "memory.use_hierarchy") == 0:
            return levels[:depth]
    return levels


def _level_limits(tree: Tree, version: int, level: Path) -> Iterator[MemoryLimit]:
    for file, name in _FILES[version].limits:
        limit = _limit(tree, level / file)
        if limit:
            yield MemoryLimit(name, limit, printable(str(level / file)), group_key(level))


def _hidden_limit(tree: Tree, leaf: Path, visible: list[MemoryLimit]) -> Iterator[MemoryLimit]:
    """Yield the limit of a group above the mount point, of which only version 1 tells."""
    stat = leaf / "memory.stat"
    limit = tree.field(stat, "hierarchical_memory_limit")
    if limit and 0 < limit < min((found.limit_bytes for found in visible), default=limit + 1):
        source = printable(f"{stat} (hierarchical_memory_limit)")
        yield MemoryLimit("cgroup hierarchical limit", limit, source, group_key(leaf))


def _limit(tree: Tree, path: Path) -> int | None:
    if (tree.text(path) or "").strip() == "max":
        return None
    value = tree.number(path, "`max` or a whole number of bytes")
    return value if value and value > 0 else None


def free_memory(
    tree: Tree, host: Host, hierarchy: Hierarchy, limits: tuple[MemoryLimit, ...]
) -> FreeMemory | None:
    """Return what can still be taken before the first limit is reached, or None if nobody knows.

    Every limited group offers its limit less what it uses, the host what it calls available.
    """
    offers = list(_offers(tree, hierarchy, limits))
    if host.memory_available_bytes is not None:
        source = f"{printable(host.memory_source)} (available)"
        offers.insert(0, FreeMemory(host.memory_available_bytes, source))
    if offers:
        # No group can offer more than its limit, also one whose usage is hidden or out of date.
        offers.extend(FreeMemory(limit.limit_bytes, limit.source) for limit in limits)
    return min(offers, key=lambda offer: offer.free_bytes, default=None)


def _offers(
    tree: Tree, hierarchy: Hierarchy, limits: tuple[MemoryLimit, ...]
) -> Iterator[FreeMemory]:
    files = _FILES[hierarchy.version]
    for level in hierarchy.levels:
        own = [limit.limit_bytes for limit in limits if limit.key == group_key(level)]
        used = tree.number(level / files.usage) if own else None
        if used is not None:
            inactive = tree.field(level / "memory.stat", files.inactive) or 0
            free = max(0, min(own) - used + inactive)
            yield FreeMemory(free, printable(str(level / files.usage)))
