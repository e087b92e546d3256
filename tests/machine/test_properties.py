"""What must hold for every hierarchy, however deep, and for every content, however damaged."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from moonpool.machine import Machine, read_machine
from tests.machine.planting import CGROUP_V2_MOUNT, plant

GROUP = "/sys/fs/cgroup"
DEEPEST = 5
HOST = {
    "/sys/devices/system/cpu/online": "0-15\n",
    "/proc/meminfo": "MemTotal: 16384000 kB\nMemAvailable: 12288000 kB\n",
}
FILES = (
    "/proc/self/cgroup",
    "/proc/self/mountinfo",
    "/proc/self/status",
    "/proc/meminfo",
    "/proc/cpuinfo",
    "/proc/vmstat",
    "/proc/pressure/cpu",
    "/sys/devices/system/cpu/online",
    *(
        f"{GROUP}/{name}"
        for name in (
            "cpu.max",
            "cpu.stat",
            "cpu.pressure",
            "cpuset.cpus.effective",
            "memory.max",
            "memory.high",
            "memory.current",
            "memory.stat",
            "memory.events",
        )
    ),
)

# Each level from the mount point down: hundredths of a CPU, a limit and a usage in bytes.
hundredths = st.none() | st.integers(1, 3200)
sizes = st.none() | st.integers(1, 2**35)
levels = st.tuples(hundredths, sizes, st.integers(0, 2**34))
hierarchies = st.lists(levels, min_size=1, max_size=DEEPEST)
scraps = st.text("0123456789-/:.,kBmax \n\\", max_size=40) | st.sampled_from(
    [CGROUP_V2_MOUNT, "0::/\n", "0::/../x\n", "max\n", "MemTotal: 5 kB\n", "some avg10=1.00 x\n"]
)


def _path(depth: int) -> str:
    return "".join(f"/level{number}" for number in range(1, depth + 1))


def _files(hierarchy: list[tuple[int | None, int | None, int]]) -> dict[str, str]:
    leaf = _path(len(hierarchy) - 1)
    files = {
        **HOST,
        "/proc/self/mountinfo": CGROUP_V2_MOUNT,
        "/proc/self/cgroup": f"0::{leaf or '/'}\n",
    }
    for depth, (quota, limit, usage) in enumerate(hierarchy):
        group = GROUP + _path(depth)
        files[f"{group}/cpu.max"] = f"{quota * 1000 if quota else 'max'} 100000\n"
        files[f"{group}/memory.max"] = f"{limit or 'max'}\n"
        files[f"{group}/memory.current"] = f"{usage}\n"
    return files


def _read(files: dict[str, str]) -> Machine:
    with TemporaryDirectory() as folder:
        return read_machine(root=plant(files, Path(folder)))


@settings(max_examples=60, deadline=None)
@given(hierarchies)
def test_the_result_is_the_minimum_over_all_levels(
    hierarchy: list[tuple[int | None, int | None, int]],
) -> None:
    machine = _read(_files(hierarchy))

    assert machine.cpus == min([16.0, *(quota / 100 for quota, _, _ in hierarchy if quota)])
    assert machine.memory_limit_bytes == min(
        [16384000 * 1024, *(limit for _, limit, _ in hierarchy if limit)]
    )
    free = [max(0, limit - usage) for _, limit, usage in hierarchy if limit]
    assert machine.memory_free_bytes == min([12288000 * 1024, *free])
    assert machine.unreadable == ()


@settings(max_examples=60, deadline=None)
@given(hierarchies, levels, st.integers(0, DEEPEST))
def test_one_more_limited_ancestor_never_raises_anything(
    hierarchy: list[tuple[int | None, int | None, int]],
    added: tuple[int | None, int | None, int],
    place: int,
) -> None:
    before = _read(_files(hierarchy))
    after = _read(_files([*hierarchy[:place], added, *hierarchy[place:]]))

    assert after.cpus <= before.cpus
    assert after.memory_limit_bytes is not None
    assert before.memory_limit_bytes is not None
    assert after.memory_limit_bytes <= before.memory_limit_bytes
    assert after.memory_free_bytes is not None
    assert before.memory_free_bytes is not None
    assert after.memory_free_bytes <= before.memory_free_bytes


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FILES), scraps))
@example({"/proc/self/mountinfo": CGROUP_V2_MOUNT.replace("/sys/fs", "/a\\000b"), FILES[0]: "0::/"})
def test_garbage_never_crashes_and_never_gives_nonsense(files: dict[str, str]) -> None:
    machine = _read(files)

    assert machine.cpus > 0
    assert machine.memory_limit_bytes is None or machine.memory_limit_bytes > 0
    assert machine.memory_free_bytes is None or machine.memory_free_bytes >= 0
    assert all(found.source and found.reason for found in machine.unreadable)
