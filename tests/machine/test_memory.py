from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.machine import FreeMemory, Machine, read_machine
from tests.machine.planting import CGROUP_V2_MOUNT, plant

if TYPE_CHECKING:
    from pathlib import Path

MIB = 2**20
GROUP = "/sys/fs/cgroup"
MEMINFO = {"/proc/meminfo": f"MemTotal: {1000 * 1024} kB\nMemAvailable: {800 * 1024} kB\n"}
V2 = {"/proc/self/mountinfo": CGROUP_V2_MOUNT, "/proc/self/cgroup": "0::/a/b\n"}
V1 = {
    "/proc/self/mountinfo": "40 30 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
    "/proc/self/cgroup": "2:memory:/a/b\n",
}
# What version 1 writes for "no limit" on pages of 4 and of 64 KiB.
NO_LIMIT = (9223372036854771712, 9223372036854710272)


def _read(root: Path, *parts: dict[str, str]) -> Machine:
    return read_machine(root=plant({path: text for p in parts for path, text in p.items()}, root))


def _group(level: str, **files: str | int) -> dict[str, str]:
    return {f"{GROUP}{level}/memory.{name}": f"{content}\n" for name, content in files.items()}


@pytest.mark.parametrize(
    ("highest", "maximum", "limit"),
    [("max", 300 * MIB, 300), (200 * MIB, 300 * MIB, 200), (300 * MIB, "max", 300)],
)
def test_the_limit_is_the_lower_of_max_and_high(
    highest: str | int, maximum: str | int, limit: int, tmp_path: Path
) -> None:
    machine = _read(tmp_path, V2, MEMINFO, _group("/a", high=highest, max=maximum))

    assert machine.memory_limit_bytes == limit * MIB


@pytest.mark.parametrize("level", ["", "/a", "/a/b"])
def test_a_limit_on_any_level_binds(level: str, tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, MEMINFO, _group(level, max=100 * MIB))

    assert machine.memory_limit is not None
    assert machine.memory_limit_bytes == 100 * MIB
    assert machine.memory_limit.source == str(tmp_path / f"{GROUP}{level}/memory.max"[1:])


def test_a_limit_below_one_gibibyte_keeps_its_last_byte(tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, MEMINFO, _group("/a", max=123456789))

    assert machine.memory_limit_bytes == 123456789


@pytest.mark.parametrize("content", ["max", "0", "-1"])
def test_no_limit_in_a_group_leaves_the_hosts_memory(content: str, tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, MEMINFO, _group("/a/b", max=content))

    assert [limit.name for limit in machine.memory_limits] == ["host memory"]
    assert machine.memory_limit_bytes == 1000 * MIB
    assert machine.unreadable == ()


def test_nothing_known_of_memory_is_unknown_and_not_zero(tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, _group("/a/b", max="max", current=5 * MIB))

    assert machine.memory_limit_bytes is None
    assert machine.memory_free_bytes is None


def test_free_is_the_limit_less_what_is_used_and_cannot_be_dropped(tmp_path: Path) -> None:
    stat = f"anon 5\nfile {90 * MIB}\ninactive_file {60 * MIB}\nactive_file {30 * MIB}"

    machine = _read(
        tmp_path, V2, MEMINFO, _group("/a", max=300 * MIB, current=100 * MIB, stat=stat)
    )

    assert machine.memory_free == FreeMemory(
        260 * MIB, str(tmp_path / "sys/fs/cgroup/a/memory.current")
    )


def test_the_fullest_level_decides_what_is_free_though_its_limit_is_wider(tmp_path: Path) -> None:
    machine = _read(
        tmp_path,
        V2,
        MEMINFO,
        _group("/a", max=500 * MIB, current=450 * MIB, stat="inactive_file 0"),
        _group("/a/b", max=200 * MIB, current=10 * MIB, stat="inactive_file 0"),
    )

    assert machine.memory_limit_bytes == 200 * MIB
    assert machine.memory_free_bytes == 50 * MIB


def test_a_group_above_its_limit_has_nothing_free(tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, MEMINFO, _group("/a", high=100 * MIB, current=130 * MIB))

    assert machine.memory_free_bytes == 0


def test_no_more_is_free_than_the_host_has_available(tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, MEMINFO, _group("/a", max=900 * MIB, current=0))

    assert machine.memory_free == FreeMemory(800 * MIB, f"{tmp_path / 'proc/meminfo'} (available)")


def test_without_a_groups_usage_its_limit_still_bounds_what_is_free(tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, MEMINFO, _group("/a", max=300 * MIB))

    assert machine.memory_free == FreeMemory(
        300 * MIB, str(tmp_path / "sys/fs/cgroup/a/memory.max")
    )


def test_a_limit_alone_does_not_tell_what_is_free(tmp_path: Path) -> None:
    machine = _read(tmp_path, V2, _group("/a", max=300 * MIB))

    assert machine.memory_limit_bytes == 300 * MIB
    assert machine.memory_free_bytes is None


def test_more_inactive_cache_than_usage_means_nothing_is_used(tmp_path: Path) -> None:
    stat = f"inactive_file {50 * MIB}"

    machine = _read(tmp_path, V2, _group("/a", max=300 * MIB, current=10 * MIB, stat=stat))

    assert machine.memory_free_bytes == 300 * MIB


@pytest.mark.parametrize("limit", [*NO_LIMIT, 1001 * MIB])
def test_version_1_writes_no_limit_as_more_than_the_host_has(limit: int, tmp_path: Path) -> None:
    machine = _read(tmp_path, V1, MEMINFO, _group("/memory/a/b", limit_in_bytes=limit))

    assert [found.name for found in machine.memory_limits] == ["host memory"]


@pytest.mark.parametrize("limit", NO_LIMIT)
def test_version_1_has_no_limit_also_where_the_hosts_memory_is_unknown(
    limit: int, tmp_path: Path
) -> None:
    stat = f"hierarchical_memory_limit {limit}"

    machine = _read(tmp_path, V1, _group("/memory/a/b", limit_in_bytes=limit, stat=stat))

    assert machine.memory_limit_bytes is None


def test_version_1_counts_the_inactive_cache_of_the_groups_below_too(tmp_path: Path) -> None:
    stat = f"inactive_file {MIB}\ntotal_inactive_file {40 * MIB}"

    machine = _read(
        tmp_path,
        V1,
        _group("/memory/a", limit_in_bytes=300 * MIB, usage_in_bytes=100 * MIB, stat=stat),
    )

    assert machine.memory_free_bytes == 240 * MIB


def test_version_1_tells_of_a_limit_above_the_mount_point(tmp_path: Path) -> None:
    stat = f"hierarchical_memory_limit {200 * MIB}\ntotal_inactive_file 0"

    machine = _read(
        tmp_path,
        V1,
        MEMINFO,
        _group("/memory/a/b", limit_in_bytes=300 * MIB, usage_in_bytes=50 * MIB, stat=stat),
    )

    assert [(limit.name, limit.limit_bytes) for limit in machine.memory_limits] == [
        ("host memory", 1000 * MIB),
        ("cgroup limit", 300 * MIB),
        ("cgroup hierarchical limit", 200 * MIB),
    ]
    assert machine.memory_free_bytes == 150 * MIB


@pytest.mark.parametrize(("hierarchy", "limit"), [(0, 1000), (1, 100)])
def test_version_1_asks_whether_a_parent_answers_for_its_children(
    hierarchy: int, limit: int, tmp_path: Path
) -> None:
    parent = _group("/memory/a", limit_in_bytes=100 * MIB, use_hierarchy=hierarchy)

    assert _read(tmp_path, V1, MEMINFO, parent).memory_limit_bytes == limit * MIB
