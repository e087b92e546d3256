"""Where control groups are mounted: the lines of /proc/self/mountinfo that matter.

The format is proc_pid_mountinfo(5): id, parent, device, root, mount point, options, optional
fields, a dash, file system type, source, super options.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from moonpool.machine.tree import Tree

__all__ = ["CgroupMount", "read_cgroup_mounts"]

# The kernel writes blank, tab, line feed, backslash and hash in a path as three octal digits.
_OCTAL = re.compile(r"\\([0-7]{3})")
# The controllers that limit what this room reads; mounts of others do not matter.
_CONTROLLERS = frozenset({"cpu", "cpuset", "memory"})
_CGROUP_TYPES = {"cgroup": 1, "cgroup2": 2}


class CgroupMount(NamedTuple):
    """One mounted hierarchy: the group ``root`` is seen at ``mount_point``.

    ``controllers`` is empty for version 2, which has a single hierarchy for all of them.
    """

    version: int
    root: str
    mount_point: str
    controllers: frozenset[str]


# What a process sees that cannot read its mount table; a place that is not there holds nothing.
_BY_CONVENTION = (
    CgroupMount(2, "/", "/sys/fs/cgroup", frozenset()),
    *(
        CgroupMount(1, "/", f"/sys/fs/cgroup/{controller}", frozenset({controller}))
        for controller in sorted(_CONTROLLERS)
    ),
)


def read_cgroup_mounts(tree: Tree) -> tuple[CgroupMount, ...]:
    """Return the mounted hierarchies, of several on one mount point the one that covers the rest.

    Without a mount table these are the conventional places.
    """
    path = tree.root / "proc/self/mountinfo"
    text = tree.text(path)
    if text is None:
        return tuple(mount for mount in _BY_CONVENTION if _is_there(tree, mount))
    by_mount_point: dict[str, CgroupMount] = {}
    for line in text.split("\n"):
        if " - cgroup" not in line:
            continue
        mount = _parse(line)
        if mount is None:
            tree.note_garbage(path, line, "a line of mountinfo")
        else:
            by_mount_point[mount.mount_point] = mount
    return tuple(by_mount_point.values())


def _is_there(tree: Tree, mount: CgroupMount) -> bool:
    marker = "cgroup.controllers" if mount.version == 2 else "cgroup.procs"
    return (tree.root / mount.mount_point[1:] / marker).exists()


def _parse(line: str) -> CgroupMount | None:
    before, _, after = line.partition(" - ")
    place, kind = before.split(" "), after.split(" ")
    if len(place) < 6 or len(kind) < 3 or kind[0] not in _CGROUP_TYPES:
        return None
    root, mount_point = _unescape(place[3]), _unescape(place[4])
    if not (root.startswith("/") and mount_point.startswith("/")):
        return None
    version = _CGROUP_TYPES[kind[0]]
    controllers = _CONTROLLERS.intersection(kind[2].split(",") if version == 1 else ())
    return CgroupMount(version, root, mount_point, controllers)


def _unescape(path: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), path)
