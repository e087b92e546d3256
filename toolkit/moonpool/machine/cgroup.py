"""The control groups above this process, leaf first, as far up as its mounts show them.

Membership is /proc/self/cgroup, the places are /proc/self/mountinfo. A limit anywhere on the way
up holds for everything below it, so every reader walks all levels. See cgroups(7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.machine.mounts import CgroupMount, read_cgroup_mounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from moonpool.machine.tree import Tree

__all__ = ["Cgroups", "Hierarchy", "group_key", "read_cgroups"]


class Hierarchy(NamedTuple):
    """The directories of one hierarchy from this process's group up to the mount point.

    ``version`` is 1 or 2 and says which files to expect there.
    """

    version: int
    levels: tuple[Path, ...] = ()


class Cgroups(NamedTuple):
    """The hierarchy that each controller lives in, and the unified one, which has the pressure."""

    cpu: Hierarchy
    cpuset: Hierarchy
    memory: Hierarchy
    unified: Hierarchy


def read_cgroups(tree: Tree) -> Cgroups:
    """Find the groups above this process; no levels where there are no control groups."""
    mounts = read_cgroup_mounts(tree)
    memberships = _read_memberships(tree)
    unified = _hierarchy(tree, mounts, memberships, "") or Hierarchy(2)

    def hierarchy_of(controller: str) -> Hierarchy:
        # A controller is in one hierarchy only: where version 1 has it, the unified one does not.
        return _hierarchy(tree, mounts, memberships, controller) or unified

    return Cgroups(hierarchy_of("cpu"), hierarchy_of("cpuset"), hierarchy_of("memory"), unified)


def group_key(level: Path) -> str:
    """Name a control group so that its host and its containers agree on the name.

    Namespaces show one group under different paths, but it keeps its device and inode.
    """
    try:
        status = level.stat()
    except (OSError, ValueError):
        return f"cgroup:{level}"
    return f"cgroup:{status.st_dev}:{status.st_ino}"


def _read_memberships(tree: Tree) -> dict[str, str]:
    """Return the group's path per controller; the unified hierarchy's controller is ``""``."""
    path = tree.root / "proc/self/cgroup"
    memberships: dict[str, str] = {}
    for line in (tree.text(path) or "").split("\n"):
        # A group's name may contain colons, so only the first two separate fields.
        number, *rest = line.split(":", 2)
        if len(rest) == 2 and number.isdigit() and rest[1].startswith("/"):
            memberships.update(dict.fromkeys(rest[0].split(","), rest[1]))
        elif line:
            tree.note_garbage(path, line, "a line `number:controllers:path`")
    return memberships


def _hierarchy(
    tree: Tree, mounts: Iterable[CgroupMount], memberships: dict[str, str], controller: str
) -> Hierarchy | None:
    mount = _highest([m for m in mounts if _carries(m, controller)], memberships.get(controller))
    if mount is None:
        return None
    top = tree.root / mount.mount_point.lstrip("/")
    below = _below(mount, memberships.get(controller))
    if below is None:
        _note_hidden(tree, mount, memberships.get(controller))
        return Hierarchy(mount.version, (top,))
    levels = (top.joinpath(*below[:depth]) for depth in range(len(below), -1, -1))
    return Hierarchy(mount.version, tuple(levels))


def _carries(mount: CgroupMount, controller: str) -> bool:
    return controller in mount.controllers if controller else mount.version == 2


def _highest(mounts: list[CgroupMount], membership: str | None) -> CgroupMount | None:
    """Return the mount that shows most groups above this process; the last one if none does."""
    showing = [mount for mount in mounts if _below(mount, membership) is not None]
    by_depth = sorted(showing, key=lambda mount: len(_parts(mount.root)))
    return next(iter(by_depth or reversed(mounts)), None)


def _below(mount: CgroupMount, membership: str | None) -> tuple[str, ...] | None:
    """Return the names from the mount point down to the group, or None when they cannot be known.

    A namespace writes groups above its own root as ``/..``: the names in between are hidden.
    """
    if membership is None:
        return None
    root, path = _parts(mount.root), _parts(membership)
    below = path[len(root) :]
    return below if path[: len(root)] == root and ".." not in below else None


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _note_hidden(tree: Tree, mount: CgroupMount, membership: str | None) -> None:
    # What is mounted is this process's own namespace or lies above it: its limits hold in any case.
    found = "no group" if membership is None else f"`{membership}`"
    tree.note(
        tree.root / "proc/self/cgroup",
        f"found {found}, expected one below `{mount.root}`, which is mounted at"
        f" `{mount.mount_point}`; only the limits of that mount point were read",
    )
