from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.machine.cgroup import Hierarchy, group_key, read_cgroups
from moonpool.machine.tree import Tree
from tests.machine.planting import CGROUP_V2_MOUNT, plant

if TYPE_CHECKING:
    from pathlib import Path

V1_MOUNT = "{n} 29 0:{n} {root} /sys/fs/cgroup/{name} rw,relatime - cgroup cgroup rw,{name}\n"


def _v1_mounts(root: str, *names: str) -> str:
    return "".join(
        V1_MOUNT.format(n=40 + number, root=root, name=name) for number, name in enumerate(names)
    )


def _levels(root: Path, hierarchy: Hierarchy) -> list[str]:
    return [str(level.relative_to(root)) for level in hierarchy.levels]


def _plant(root: Path, membership: str, mountinfo: str) -> Tree:
    plant({"/proc/self/cgroup": membership, "/proc/self/mountinfo": mountinfo}, root)
    return Tree(root)


def test_levels_go_from_the_group_up_to_the_mount_point(tmp_path: Path) -> None:
    tree = _plant(tmp_path, "0::/a.slice/b.service\n", CGROUP_V2_MOUNT)

    groups = read_cgroups(tree)

    assert _levels(tmp_path, groups.memory) == [
        "sys/fs/cgroup/a.slice/b.service",
        "sys/fs/cgroup/a.slice",
        "sys/fs/cgroup",
    ]
    assert groups.cpu == groups.cpuset == groups.memory == groups.unified


def test_a_controller_on_version_1_is_not_looked_for_in_the_unified_hierarchy(
    tmp_path: Path,
) -> None:
    tree = _plant(
        tmp_path,
        "2:cpu,cpuacct:/one\n1:name=systemd:/three\n0::/two\n",
        CGROUP_V2_MOUNT.replace("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
        + _v1_mounts("/", "cpu,cpuacct"),
    )

    groups = read_cgroups(tree)

    assert groups.cpu.version == 1
    assert _levels(tmp_path, groups.cpu)[0] == "sys/fs/cgroup/cpu,cpuacct/one"
    assert groups.memory.version == 2
    assert _levels(tmp_path, groups.memory)[0] == "sys/fs/cgroup/unified/two"


def test_a_mount_below_the_hierarchys_root_takes_its_part_off_the_path(tmp_path: Path) -> None:
    tree = _plant(tmp_path, "3:memory:/docker/abc/job\n", _v1_mounts("/docker/abc", "memory"))

    assert _levels(tmp_path, read_cgroups(tree).memory) == [
        "sys/fs/cgroup/memory/job",
        "sys/fs/cgroup/memory",
    ]
    assert tree.unreadable == ()


def test_of_two_mounts_the_one_that_shows_more_groups_is_walked(tmp_path: Path) -> None:
    whole = CGROUP_V2_MOUNT.replace("/sys/fs/cgroup", "/host/cgroup")
    own = CGROUP_V2_MOUNT.replace("0:26 / ", "0:26 /pods/abc ")

    tree = _plant(tmp_path, "0::/pods/abc\n", whole + own)

    assert _levels(tmp_path, read_cgroups(tree).cpu) == [
        "host/cgroup/pods/abc",
        "host/cgroup/pods",
        "host/cgroup",
    ]


def test_of_two_mounts_on_one_place_the_later_covers_the_earlier(tmp_path: Path) -> None:
    covered = CGROUP_V2_MOUNT
    covering = CGROUP_V2_MOUNT.replace("0:26 / ", "0:26 /pods/abc ")

    tree = _plant(tmp_path, "0::/pods/abc\n", covered + covering)

    assert _levels(tmp_path, read_cgroups(tree).cpu) == ["sys/fs/cgroup"]


@pytest.mark.parametrize(
    ("membership", "mount_root", "levels"),
    [
        pytest.param("/../..", "/../..", ["sys/fs/cgroup"], id="at the mounted group"),
        pytest.param(
            "/../../x",
            "/../..",
            ["sys/fs/cgroup/x", "sys/fs/cgroup"],
            id="below the mounted group",
        ),
    ],
)
def test_a_path_above_the_namespace_is_followed_where_the_mount_lies_as_high(
    membership: str, mount_root: str, levels: list[str], tmp_path: Path
) -> None:
    mount = CGROUP_V2_MOUNT.replace("0:26 / ", f"0:26 {mount_root} ")

    tree = _plant(tmp_path, f"0::{membership}\n", mount)

    assert _levels(tmp_path, read_cgroups(tree).cpu) == levels
    assert tree.unreadable == ()


@pytest.mark.parametrize(
    ("membership", "mount_root"),
    [
        pytest.param("/", "/../..", id="mounted above the namespace"),
        pytest.param("/../x", "/", id="moved beside the namespace"),
        pytest.param("/../x", "/../..", id="both above it, by different steps"),
        pytest.param("/docker/abc", "/docker/def", id="another group mounted"),
    ],
)
def test_a_group_out_of_sight_leaves_the_mount_point_and_is_reported(
    membership: str, mount_root: str, tmp_path: Path
) -> None:
    mount = CGROUP_V2_MOUNT.replace("0:26 / ", f"0:26 {mount_root} ")

    tree = _plant(tmp_path, f"0::{membership}\n", mount)

    assert _levels(tmp_path, read_cgroups(tree).cpu) == ["sys/fs/cgroup"]
    (found,) = tree.unreadable
    assert found.reason == (
        f"found `{membership}`, expected one below `{mount_root}`, which is mounted at"
        " `/sys/fs/cgroup`; only the limits of that mount point were read"
    )


def test_an_unknown_membership_leaves_the_mount_point(tmp_path: Path) -> None:
    plant({"/proc/self/mountinfo": CGROUP_V2_MOUNT}, tmp_path)
    tree = Tree(tmp_path)

    assert _levels(tmp_path, read_cgroups(tree).cpu) == ["sys/fs/cgroup"]
    (found,) = tree.unreadable
    assert found.reason == (
        "found no group, expected one below `/`, which is mounted at `/sys/fs/cgroup`;"
        " only the limits of that mount point were read"
    )


def test_without_a_mount_table_the_conventional_places_are_walked(tmp_path: Path) -> None:
    plant(
        {
            "/proc/self/cgroup": "3:memory:/m\n0::/a\n",
            "/sys/fs/cgroup/cgroup.controllers": "cpu\n",
            "/sys/fs/cgroup/memory/cgroup.procs": "1\n",
        },
        tmp_path,
    )

    groups = read_cgroups(Tree(tmp_path))

    assert _levels(tmp_path, groups.cpu) == ["sys/fs/cgroup/a", "sys/fs/cgroup"]
    assert _levels(tmp_path, groups.memory) == ["sys/fs/cgroup/memory/m", "sys/fs/cgroup/memory"]


def test_no_mount_means_no_levels_and_no_complaint(tmp_path: Path) -> None:
    tree = _plant(tmp_path, "0::/\n", "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n")

    assert read_cgroups(tree).cpu == Hierarchy(2)
    assert tree.unreadable == ()


def test_a_groups_key_is_its_identity_and_not_its_path(tmp_path: Path) -> None:
    group = tmp_path / "group"
    group.mkdir()
    (tmp_path / "seen elsewhere").symlink_to(group)

    assert group_key(tmp_path / "seen elsewhere") == group_key(group)
    assert group_key(tmp_path) != group_key(group)
    assert group_key(tmp_path / "gone") == f"cgroup:{tmp_path / 'gone'}"
