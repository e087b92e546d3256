from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.machine import Counter, Pressure, read_machine
from tests.machine.planting import CGROUP_V2_MOUNT, plant, plant_recording

if TYPE_CHECKING:
    from pathlib import Path

PSI = "some avg10={some} avg60=0.00 avg300=0.00 total=1500000\n"
V2 = {"/proc/self/mountinfo": CGROUP_V2_MOUNT, "/proc/self/cgroup": "0::/a/b\n"}


def test_the_pressure_is_that_of_the_closest_group(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("docker-v2-host-namespace", tmp_path))

    assert machine.cpu_pressure is not None
    assert machine.memory_pressure is not None
    assert (machine.cpu_pressure.some, machine.cpu_pressure.full) == (7.5, 6.25)
    assert (machine.memory_pressure.some, machine.memory_pressure.full) == (0.5, 0.25)
    assert machine.cpu_pressure.source.endswith(".scope/cpu.pressure")


def test_a_group_that_tells_no_pressure_leaves_it_to_the_one_above(tmp_path: Path) -> None:
    root = plant({**V2, "/sys/fs/cgroup/a/cpu.pressure": PSI.format(some="2.50")}, tmp_path)

    assert read_machine(root=root).cpu_pressure == Pressure(
        2.5, None, str(root / "sys/fs/cgroup/a/cpu.pressure"), 1.5
    )


def test_without_groups_the_pressure_is_the_hosts(tmp_path: Path) -> None:
    root = plant({"/proc/pressure/memory": PSI.format(some="0.75")}, tmp_path)

    machine = read_machine(root=root)

    assert machine.memory_pressure == Pressure(0.75, None, str(root / "proc/pressure/memory"), 1.5)
    assert machine.cpu_pressure is None


def test_garbled_pressure_is_reported_and_the_next_place_asked(tmp_path: Path) -> None:
    root = plant(
        {
            **V2,
            "/sys/fs/cgroup/a/b/cpu.pressure": "some avg10=lots\n",
            "/proc/pressure/cpu": PSI.format(some="1.00"),
        },
        tmp_path,
    )

    machine = read_machine(root=root)

    assert machine.cpu_pressure == Pressure(1.0, None, str(root / "proc/pressure/cpu"), 1.5)
    assert [found.reason for found in machine.unreadable] == [
        "found `some avg10=lots`, expected a line `some avg10=...`"
    ]


def test_kills_for_want_of_memory_are_counted_in_the_own_group(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("docker-v2", tmp_path))

    assert machine.oom_kills == Counter(2, str(tmp_path / "sys/fs/cgroup/memory.events"))


def test_version_1_counts_kills_in_its_own_file(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("docker-v1", tmp_path))

    assert machine.oom_kills == Counter(
        1, str(tmp_path / "sys/fs/cgroup/memory/memory.oom_control")
    )


def test_without_groups_kills_are_the_hosts(tmp_path: Path) -> None:
    root = plant({"/proc/vmstat": "pgfault 7\noom_kill 3\n"}, tmp_path)

    assert read_machine(root=root).oom_kills == Counter(3, str(root / "proc/vmstat"))


def test_throttling_is_read_where_the_tightest_quota_is(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("kubernetes-v2-nested", tmp_path))

    assert machine.throttled == Counter(
        77, machine.cpu_limit.source.removesuffix("cpu.max") + "cpu.stat"
    )


def test_without_a_quota_nothing_throttles(tmp_path: Path) -> None:
    machine = read_machine(root=plant_recording("github-runner", tmp_path))

    assert machine.throttled is None
