"""What the whole host has: CPUs, memory, and a name that all its containers share.

All of it comes from the tree, so that a tree stands for a machine of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from moonpool.machine.tree import Tree

__all__ = ["Host", "cpu_list", "cpu_numbers", "read_host"]

# Linux can be built for at most 8192 CPUs; a list that names more is damaged.
_MOST_CPUS = 8192


class Host(NamedTuple):
    """Facts of the host; None is unknown. ``key`` tells it from other hosts."""

    key: str
    cpus: int | None
    cpus_source: str
    memory_bytes: int | None
    memory_available_bytes: int | None
    memory_source: str


def read_host(tree: Tree) -> Host:
    """Read the host's facts from the files of a Linux machine."""
    boot_id = tree.text(tree.root / "proc/sys/kernel/random/boot_id")
    cpus, cpus_source = _logical_cpus(tree)
    meminfo = tree.root / "proc/meminfo"
    return Host(
        key=f"host:{boot_id.strip()}" if boot_id else "host",
        cpus=cpus,
        cpus_source=str(cpus_source),
        memory_bytes=_meminfo(tree, meminfo, "MemTotal"),
        memory_available_bytes=_meminfo(tree, meminfo, "MemAvailable"),
        memory_source=str(meminfo),
    )


def _logical_cpus(tree: Tree) -> tuple[int | None, Path]:
    online = tree.root / "sys/devices/system/cpu/online"
    text = tree.text(online)
    numbers = None if text is None else cpu_numbers(text)
    if numbers:
        return len(numbers), online
    if text is not None:
        tree.note_garbage(online, text, "a list of CPUs such as `0-3`")
    # Second choice, since the kernel asks every CPU for its frequency to write this file.
    cpuinfo = tree.root / "proc/cpuinfo"
    lines = (tree.text(cpuinfo) or "").split("\n")
    return sum(line.startswith("processor") for line in lines) or None, cpuinfo


def cpu_numbers(text: str) -> frozenset[int] | None:
    """Return the CPUs that a list such as ``0-3,8`` names, or None when it is no such list."""
    numbers: set[int] = set()
    for part in text.strip().split(","):
        first, dash, last = part.partition("-")
        bounds = (first, last if dash else first)
        if not all(word.isascii() and word.isdigit() and len(word) <= 4 for word in bounds):
            return None
        numbers.update(range(int(bounds[0]), int(bounds[1]) + 1))
    return frozenset(numbers) if max(numbers, default=0) < _MOST_CPUS else None


def cpu_list(numbers: AbstractSet[int]) -> str:
    """Return CPUs as the kernel lists them: ``0-3,8``."""
    firsts = sorted(number for number in numbers if number - 1 not in numbers)
    lasts = sorted(number for number in numbers if number + 1 not in numbers)
    pairs = zip(firsts, lasts, strict=True)
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in pairs)


def _meminfo(tree: Tree, path: Path, name: str) -> int | None:
    for line in (tree.text(path) or "").split("\n"):
        if line.startswith(f"{name}:"):
            words = line.split()
            if len(words) == 3 and words[1].isdigit() and words[2] == "kB":
                return int(words[1]) * 1024
            tree.note_garbage(path, line, f"`{name}:` and a number of kB")
    return None
