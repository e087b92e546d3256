"""Recorded machines, read whole: which limits are found and which one binds."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from moonpool.machine import CpuLimit, Machine, read_machine
from tests.machine.planting import plant, plant_recording, recording_names

GIB = 2**30
MIB = 2**20
CONTAINER = "3f4d0a1be7c25d96f08b3c1a5e7d2496bb08a1c3d5e7f90213243546576879a0"
SCOPE = f"/sys/fs/cgroup/system.slice/docker-{CONTAINER}.scope"
V1 = "/sys/fs/cgroup/cpu,cpuacct/"
PODS = "/sys/fs/cgroup/kubepods.slice"
USERS = "/sys/fs/cgroup/user.slice"
HOST_CPUS = "/sys/devices/system/cpu/online"


class Bound(NamedTuple):
    """What must bind: CPUs, memory limit and free memory, each with the file that says so."""

    cpus: float
    cpus_by: str
    limit: int | None
    limit_by: str | None
    free: int | None
    free_by: str | None


def _available(free_kib: int) -> tuple[int, str]:
    return free_kib * 1024, "/proc/meminfo (available)"


# fmt: off
EXPECTED = {
    "docker-v2": Bound(
        0.5, "/sys/fs/cgroup/cpu.max",
        512 * MIB, "/sys/fs/cgroup/memory.max", 372 * MIB, "/sys/fs/cgroup/memory.current"),
    "docker-v2-host-namespace": Bound(
        2.0, f"{SCOPE}/cpu.max",
        768 * MIB, "/sys/fs/cgroup/system.slice/memory.high",
        168 * MIB, "/sys/fs/cgroup/system.slice/memory.current"),
    "docker-v1": Bound(
        1.5, V1 + "cpu.cfs_quota_us",
        2 * GIB, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        1448 * MIB, "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    "docker-v1-private-namespace": Bound(
        3.0, V1 + "cpu.cfs_quota_us",
        4 * GIB, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        3328 * MIB, "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    "docker-in-docker-v1": Bound(
        4.0, HOST_CPUS,
        1 * GIB, "/sys/fs/cgroup/memory/memory.stat (hierarchical_memory_limit)",
        824 * MIB, "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    "kubernetes-v2-burstable": Bound(
        0.75, "/sys/fs/cgroup/cpu.max",
        966365184, "/sys/fs/cgroup/memory.high",
        966365184 - 480 * MIB, "/sys/fs/cgroup/memory.current"),
    "kubernetes-v2-nested": Bound(
        1.5, f"{PODS}/kubepods-burstable.slice/cpu.max",
        1 * GIB, f"{PODS}/memory.max", 512 * MIB, f"{PODS}/memory.current"),
    "kubernetes-v1-guaranteed": Bound(
        2.0, "/proc/self/status",
        4 * GIB, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        3 * GIB, "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    "systemd-user-slice": Bound(
        2.5, f"{USERS}/cpu.max",
        5 * GIB, f"{USERS}/user-1000.slice/memory.high",
        1536 * MIB, f"{USERS}/user-1000.slice/memory.current"),
    "systemd-hybrid": Bound(
        3.5, V1 + "user.slice/cpu.cfs_quota_us",
        8 * GIB, "/sys/fs/cgroup/memory/user.slice/memory.limit_in_bytes",
        6 * GIB, "/sys/fs/cgroup/memory/user.slice/memory.usage_in_bytes"),
    "lxd-v2": Bound(4.0, HOST_CPUS, 4 * GIB, "/proc/meminfo", *_available(3145728)),
    "lxc-v1": Bound(
        1.2, V1 + "cpu.cfs_quota_us", 3 * GIB, "/proc/meminfo", *_available(2621440)),
    "github-runner": Bound(
        4.0, HOST_CPUS, 16373452 * 1024, "/proc/meminfo", *_available(14873660)),
    "no-cgroup": Bound(
        2.0, HOST_CPUS, 2048000 * 1024, "/proc/meminfo", *_available(1024000)),
    "unreadable": Bound(
        2.0, "/sys/fs/cgroup/cpuset.cpus.effective",
        8192000 * 1024, "/proc/meminfo", *_available(6144000)),
    "garbage": Bound(2.0, "/proc/cpuinfo", None, None, None, None),
    "blank-in-mount-point": Bound(
        2.5, "/mnt/build box\\cgroup/ci jobs/job:17/cpu.max",
        3 * GIB, "/mnt/build box\\cgroup/ci jobs/memory.max",
        2560 * MIB, "/mnt/build box\\cgroup/ci jobs/memory.current"),
    "namespace-left-behind": Bound(
        6.0, "/sys/fs/cgroup/cpu.max",
        8 * GIB, "/sys/fs/cgroup/memory.max", 7 * GIB, "/sys/fs/cgroup/memory.current"),
    "namespace-of-a-sibling": Bound(
        4.0, "/sys/fs/cgroup/cpu.max",
        2 * GIB, "/sys/fs/cgroup/memory.max", 1280 * MIB, "/sys/fs/cgroup/memory.current"),
    "v1-without-hierarchy": Bound(
        4.0, HOST_CPUS,
        2 * GIB, "/sys/fs/cgroup/memory/jobs/small/memory.limit_in_bytes",
        1280 * MIB, "/sys/fs/cgroup/memory/jobs/small/memory.usage_in_bytes"),
}
# fmt: on


def _bound(machine: Machine, root: Path) -> Bound:
    def inside(source: str) -> str:
        return source.removeprefix(str(root))

    limit, free = machine.memory_limit, machine.memory_free
    return Bound(
        machine.cpus,
        inside(machine.cpu_limit.source),
        machine.memory_limit_bytes,
        inside(limit.source) if limit else None,
        machine.memory_free_bytes,
        inside(free.source) if free else None,
    )


@pytest.mark.parametrize("name", recording_names())
def test_a_recorded_machine_allows_what_its_tightest_limits_say(name: str, tmp_path: Path) -> None:
    root = plant_recording(name, tmp_path)

    assert _bound(read_machine(root=root), root) == EXPECTED[name]


def test_every_expectation_has_its_recording() -> None:
    assert sorted(EXPECTED) == recording_names()


def test_every_limit_that_can_be_found_is_in_the_docs(tmp_path: Path) -> None:
    documented = (Path(__file__).parents[2] / "docs/machine.md").read_text(encoding="utf-8")

    machines = [
        read_machine(root=plant_recording(name, tmp_path / name)) for name in recording_names()
    ]

    names = {limit.name for machine in machines for limit in machine.cpu_limits}
    names |= {limit.name for machine in machines for limit in machine.memory_limits}
    assert {"logical cpus", "cgroup quota", "cgroup hierarchical limit"} < names
    assert {name for name in names if f"`{name}` |" not in documented} == set()


def test_every_limit_that_was_considered_is_listed_from_the_host_to_the_closest(
    tmp_path: Path,
) -> None:
    machine = read_machine(root=plant_recording("kubernetes-v1-guaranteed", tmp_path))

    assert [(limit.name, limit.cpus) for limit in machine.cpu_limits] == [
        ("logical cpus", 16.0),
        ("affinity", 2.0),
        ("cpuset", 2.0),
        ("cgroup quota", 2.0),
    ]
    assert [(limit.name, limit.limit_bytes) for limit in machine.memory_limits] == [
        ("host memory", 65536000 * 1024),
        ("cgroup limit", 4 * GIB),
    ]


def test_what_a_healthy_machine_says_is_all_readable(tmp_path: Path) -> None:
    faulty = {"garbage", "unreadable", "namespace-left-behind", "namespace-of-a-sibling"}

    complaints = {
        name: read_machine(root=plant_recording(name, tmp_path / name)).unreadable
        for name in recording_names()
        if name not in faulty
    }

    assert not any(complaints.values()), complaints


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("unreadable", tmp_path))

    group = tmp_path / "sys/fs/cgroup"
    assert [(found.source, found.reason) for found in machine.unreadable] == [
        (str(group / "cpu.max"), "is a directory"),
        (str(group / "memory.max"), "is a directory"),
        (str(group / "memory.pressure"), "is a directory"),
    ]


def test_garbage_is_named_with_what_was_expected(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("garbage", tmp_path))

    reasons = {
        found.source.removeprefix(str(tmp_path)): found.reason for found in machine.unreadable
    }
    group = "/sys/fs/cgroup"
    assert reasons == {
        "/sys/devices/system/cpu/online": (
            "found `zero to three`, expected a list of CPUs such as `0-3`"
        ),
        "/proc/meminfo": (
            "found `MemAvailable:   some`, expected `MemAvailable:` and a number of kB"
        ),
        "/proc/self/mountinfo": "found `1200 - cgroup2`, expected a line of mountinfo",
        "/proc/self/cgroup": "found `nonsense`, expected a line `number:controllers:path`",
        "/proc/self/status": "found `all of them`, expected a list of CPUs such as `0-3`",
        f"{group}/cpuset.cpus.effective": "found `3-`, expected a list of CPUs such as `0-3`",
        f"{group}/cpu.max": (
            "found `fast 100000`, expected a quota and a period such as `150000 100000`"
        ),
        f"{group}/memory.max": "found `1GiB`, expected `max` or a whole number of bytes",
        f"{group}/memory.high": "found nothing, expected `max` or a whole number of bytes",
        f"{group}/cpu.pressure": "found `none at all`, expected a line `some avg10=...`",
        f"{group}/memory.events": "found `oom_kill never`, expected `oom_kill` and a whole number",
    }


def test_an_affinity_that_is_given_replaces_the_one_in_the_tree(tmp_path: Path) -> None:
    root = plant_recording("github-runner", tmp_path)

    machine = read_machine(root=root, affinity={3})

    assert machine.cpu_limit == CpuLimit("affinity", 1.0, "affinity as given", "cpus:3")


def test_another_root_tells_nothing_of_the_real_machine(tmp_path: Path) -> None:
    machine = read_machine(root=tmp_path)

    assert machine == Machine(
        cpu_limits=(CpuLimit("assumed", 1.0, "nothing here tells the number of cpus", "host"),),
        memory_limits=(),
        memory_free=None,
        cpu_pressure=None,
        memory_pressure=None,
        throttled=None,
        oom_kills=None,
        unreadable=(),
    )
    assert machine.memory_limit_bytes is None
    assert machine.memory_free_bytes is None
    assert machine.memory_key is None


def test_equal_limits_are_explained_by_the_host_and_shared_by_the_closest(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("lxd-v2", tmp_path))

    assert machine.cpu_limit.name == "logical cpus"
    assert machine.cpu_key == "cpus:8-11"
    assert machine.memory_limit is not None
    assert machine.memory_limit.name == "host memory"
    assert machine.memory_key == machine.memory_limits[-1].key
    assert machine.memory_key != machine.memory_limit.key


def test_one_group_has_one_key_whatever_path_a_container_sees(tmp_path: Path) -> None:
    outside = plant_recording("docker-v2-host-namespace", tmp_path / "host")
    inside = plant({"/proc/self/cgroup": "0::/\n"}, tmp_path / "container")
    (inside / "proc/self/mountinfo").write_bytes((outside / "proc/self/mountinfo").read_bytes())
    (inside / "sys/fs").mkdir(parents=True)
    (inside / "sys/fs/cgroup").symlink_to(outside / SCOPE[1:])

    host, container = read_machine(root=outside), read_machine(root=inside)

    assert container.cpu_limit.source == str(inside / "sys/fs/cgroup/cpu.max")
    assert container.cpu_key == host.cpu_key
    assert container.cpu_key.startswith("cgroup:")
