from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.machine.mounts import CgroupMount, read_cgroup_mounts
from moonpool.machine.tree import Tree
from tests.machine.planting import CGROUP_V2_MOUNT, plant

if TYPE_CHECKING:
    from pathlib import Path


def _mounts(mountinfo: str, root: Path) -> tuple[CgroupMount, ...]:
    plant({"/proc/self/mountinfo": mountinfo}, root)
    return read_cgroup_mounts(Tree(root))


def test_other_file_systems_are_passed_over(tmp_path: Path) -> None:
    mountinfo = "21 27 0:20 / /proc rw shared:13 - proc proc rw\n" + CGROUP_V2_MOUNT

    assert _mounts(mountinfo, tmp_path) == (CgroupMount(2, "/", "/sys/fs/cgroup", frozenset()),)


def test_version_1_mounts_say_their_controllers(tmp_path: Path) -> None:
    line = "33 25 0:29 /a /sys/fs/cgroup/cpu rw shared:9 master:2 - cgroup cgroup rw,cpu,cpuacct\n"

    assert _mounts(line, tmp_path) == (
        CgroupMount(1, "/a", "/sys/fs/cgroup/cpu", frozenset({"cpu"})),
    )


def test_the_kernels_escapes_are_undone(tmp_path: Path) -> None:
    line = "33 25 0:29 /a\\040b /mnt/tab\\011line\\012back\\134hash\\043 rw - cgroup2 cgroup2 rw\n"

    assert _mounts(line, tmp_path) == (
        CgroupMount(2, "/a b", "/mnt/tab\tline\nback\\hash#", frozenset()),
    )


@pytest.mark.parametrize(
    "line",
    [
        "- cgroup2",
        "1 - cgroup2 cgroup2 rw",
        "1 2 0:3 / /sys/fs/cgroup rw - cgroup2",
        "1 2 0:3 / sys/fs/cgroup rw - cgroup2 cgroup2 rw",
        "1 2 0:3 / /sys/fs/cgroup rw - cgroup3 cgroup2 rw",
    ],
)
def test_a_damaged_line_is_reported_and_the_others_still_count(line: str, tmp_path: Path) -> None:
    plant({"/proc/self/mountinfo": f"x {line}\n{CGROUP_V2_MOUNT}"}, tmp_path)
    tree = Tree(tmp_path)

    assert [mount.mount_point for mount in read_cgroup_mounts(tree)] == ["/sys/fs/cgroup"]
    (found,) = tree.unreadable
    assert found.source == str(tmp_path / "proc/self/mountinfo")
    assert found.reason == f"found `{f'x {line}'[:40]}`, expected a line of mountinfo"
