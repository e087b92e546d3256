from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.machine import Machine, read_machine
from tests.machine.planting import CGROUP_V2_MOUNT, plant

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "/sys/fs/cgroup"
ONLINE = {"/sys/devices/system/cpu/online": "0-7\n"}
V2 = {"/proc/self/mountinfo": CGROUP_V2_MOUNT, "/proc/self/cgroup": "0::/a/b\n", **ONLINE}
V1 = {
    "/proc/self/mountinfo": (
        "40 30 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "41 30 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    ),
    "/proc/self/cgroup": "2:cpu:/a\n1:cpuset:/a\n",
    **ONLINE,
}


def _read(root: Path, files: dict[str, str]) -> Machine:
    return read_machine(root=plant(files, root))


def _reasons(machine: Machine) -> list[str]:
    return [found.reason for found in machine.unreadable]


@pytest.mark.parametrize(
    ("text", "cpus"),
    [
        ("50000 100000\n", 0.5),
        ("150000 100000\n", 1.5),
        ("1000 1000000\n", 0.001),
        ("25000\n", 0.25),
        ("max 100000\n", 8.0),
        ("max\n", 8.0),
        ("0 100000\n", 8.0),
        ("-1 100000\n", 8.0),
        ("1600000 100000\n", 8.0),
    ],
)
def test_a_quota_is_a_fraction_of_cpus(text: str, cpus: float, tmp_path: Path) -> None:
    machine = _read(tmp_path, {**V2, f"{GROUP}/a/b/cpu.max": text})

    assert machine.cpus == cpus
    assert machine.unreadable == ()


@pytest.mark.parametrize(
    "text",
    ["", "\n", "fast\n", "100 fast\n", "100 0\n", "100 -5\n", "1 2 3\n", "1e5 100000\n"],
)
def test_a_quota_that_makes_no_sense_limits_nothing_and_is_reported(
    text: str, tmp_path: Path
) -> None:
    machine = _read(tmp_path, {**V2, f"{GROUP}/a/b/cpu.max": text})

    assert machine.cpus == 8.0
    quoted = f"`{text.strip()}`" if text.strip() else "nothing"
    assert _reasons(machine) == [
        f"found {quoted}, expected a quota and a period such as `150000 100000`"
    ]


@pytest.mark.parametrize("level", ["", "/a", "/a/b"])
def test_a_quota_on_any_level_binds(level: str, tmp_path: Path) -> None:
    files = {f"{GROUP}{each}/cpu.max": "400000 100000\n" for each in ("", "/a", "/a/b")}
    files[f"{GROUP}{level}/cpu.max"] = "300000 100000\n"

    machine = _read(tmp_path, {**V2, **files})

    assert machine.cpus == 3.0
    assert machine.cpu_limit.source == str(tmp_path / f"{GROUP}{level}/cpu.max"[1:])
    assert [limit.cpus for limit in machine.cpu_limits if limit.name == "cgroup quota"] != [3.0]


def test_a_group_that_is_no_ancestor_limits_nothing(tmp_path: Path) -> None:
    machine = _read(tmp_path, {**V2, f"{GROUP}/a/sibling/cpu.max": "100000 100000\n"})

    assert [limit.name for limit in machine.cpu_limits] == ["logical cpus"]


@pytest.mark.parametrize(
    ("quota", "period", "cpus"),
    [("-1", "100000", 8.0), ("0", "100000", 8.0), ("50000", "100000", 0.5), ("3", "2", 1.5)],
)
def test_version_1_keeps_quota_and_period_in_two_files(
    quota: str, period: str, cpus: float, tmp_path: Path
) -> None:
    group = f"{GROUP}/cpu/a"

    machine = _read(
        tmp_path, {**V1, f"{group}/cpu.cfs_quota_us": quota, f"{group}/cpu.cfs_period_us": period}
    )

    assert machine.cpus == cpus
    assert machine.unreadable == ()


@pytest.mark.parametrize("period", ["0", "-1"])
def test_version_1_without_a_usable_period_limits_nothing(period: str, tmp_path: Path) -> None:
    group = f"{GROUP}/cpu/a"

    machine = _read(
        tmp_path, {**V1, f"{group}/cpu.cfs_quota_us": "5", f"{group}/cpu.cfs_period_us": period}
    )

    assert machine.cpus == 8.0
    assert _reasons(machine) == ["no usable period for the quota of `5` beside it"]


def test_the_smallest_cpuset_on_the_way_up_counts(tmp_path: Path) -> None:
    files = {
        f"{GROUP}/cpuset.cpus.effective": "0-7\n",
        f"{GROUP}/a/cpuset.cpus.effective": "0-3,6\n",
    }

    limit = _read(tmp_path, {**V2, **files}).cpu_limit

    assert (limit.name, limit.cpus, limit.key) == ("cpuset", 5.0, "cpus:0-3,6")
    assert limit.source == str(tmp_path / "sys/fs/cgroup/a/cpuset.cpus.effective")


def test_version_1_prefers_the_cpus_that_are_online(tmp_path: Path) -> None:
    group = f"{GROUP}/cpuset/a"

    machine = _read(
        tmp_path, {**V1, f"{group}/cpuset.cpus": "0-3", f"{group}/cpuset.effective_cpus": "0-1"}
    )

    assert machine.cpus == 2.0


def test_an_empty_cpuset_was_never_written_and_limits_nothing(tmp_path: Path) -> None:
    group = f"{GROUP}/cpuset"

    machine = _read(tmp_path, {**V1, f"{group}/a/cpuset.cpus": "\n", f"{group}/cpuset.cpus": "0-5"})

    assert machine.cpus == 6.0
    assert machine.unreadable == ()


def test_the_trees_own_affinity_counts(tmp_path: Path) -> None:
    machine = _read(tmp_path, {**ONLINE, "/proc/self/status": "Cpus_allowed_list:\t2,4-5\n"})

    assert machine.cpus == 3.0
    assert machine.cpu_limit.name == "affinity"
    assert machine.cpu_key == "cpus:2,4-5"


def test_a_quota_binds_below_an_affinity_and_an_affinity_below_a_quota(tmp_path: Path) -> None:
    root = plant({**V2, f"{GROUP}/a/cpu.max": "150000 100000\n"}, tmp_path)

    assert read_machine(root=root, affinity={0, 1}).cpus == 1.5
    assert read_machine(root=root, affinity={0}).cpus == 1.0
