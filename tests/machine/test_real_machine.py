"""The machine that runs these tests, against what its kernel says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from moonpool.machine import read_machine
from moonpool.machine.cgroup import read_cgroups
from moonpool.machine.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = """
import json, sys
from moonpool.machine import read_machine
machine = read_machine()
print(json.dumps({
    "cpus": machine.cpus,
    "by": machine.cpu_limit.name,
    "source": machine.cpu_limit.source,
    "key": machine.cpu_key,
    "unreadable": [str(found) for found in machine.unreadable],
    "modules": sorted(sys.modules),
}))
"""

has_proc = pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="needs /proc")
has_affinity = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="needs sched_setaffinity"
)


def _report(*before: str) -> dict[str, Any]:
    """Read the machine in a process of its own, started through other commands."""
    answer = subprocess.run(
        [*before, sys.executable, "-c", REPORT], check=True, capture_output=True, text=True
    )
    report = json.loads(answer.stdout)
    assert isinstance(report, dict)
    return report


def test_the_real_machine_has_no_more_than_its_hardware() -> None:
    machine = read_machine()

    assert 0 < machine.cpus <= (os.cpu_count() or 1)
    assert machine.memory_limit_bytes is not None
    assert 0 < machine.memory_limit_bytes <= psutil.virtual_memory().total
    assert machine.memory_free_bytes is not None
    assert machine.memory_free_bytes <= machine.memory_limit_bytes


@has_proc
def test_the_host_is_seen_as_psutil_sees_it() -> None:
    machine = read_machine()

    assert machine.memory_limits[0].limit_bytes == psutil.virtual_memory().total
    assert machine.cpu_limits[0].cpus == psutil.cpu_count()


@has_affinity
@pytest.mark.skipif(shutil.which("taskset") is None, reason="needs taskset")
def test_a_process_bound_to_one_cpu_has_one_cpu_at_most() -> None:
    cpu = min(os.sched_getaffinity(0))

    report = _report("taskset", "-c", str(cpu))

    assert report["cpus"] == min(1.0, read_machine().cpus)
    assert report["key"] == f"cpus:{cpu}" or report["cpus"] < 1.0


@has_affinity
def test_the_affinity_is_this_processs_own() -> None:
    (limit,) = [limit for limit in read_machine().cpu_limits if limit.name == "affinity"]

    assert limit.cpus == len(os.sched_getaffinity(0))
    assert limit.source == "sched_getaffinity"


@has_proc
def test_reading_linux_imports_nothing_heavy() -> None:
    assert not {"psutil", "ctypes", "click", "yaml"}.intersection(_report()["modules"])


def _quota_files(group: Path, version: int) -> dict[str, str]:
    """Return what to write for half a CPU."""
    if version == 2:
        return {"cpu.max": "25000 50000"}
    return {"cpu.cfs_period_us": "50000", "cpu.cfs_quota_us": "25000"}


@pytest.fixture
def half_a_cpu() -> Iterator[Path]:
    """A real group below this process's own that may use half a CPU, where one can be made."""
    hierarchy = read_cgroups(Tree(Path("/"))).cpu
    if not hierarchy.levels:
        pytest.skip("needs control groups")
    group = hierarchy.levels[0] / f"moonpool-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"needs leave to make a control group: {error}")
    try:
        (group / "below").mkdir()
        for name, content in _quota_files(group, hierarchy.version).items():
            (group / name).write_text(content)
    except OSError as error:
        _remove(group)
        pytest.skip(f"needs leave to set a quota: {error}")
    yield group
    _remove(group)


def _remove(group: Path) -> None:
    for folder in (group / "below", group):
        if folder.exists():
            folder.rmdir()


@has_proc
def test_a_real_quota_one_level_up_is_found(half_a_cpu: Path) -> None:
    enter = f'echo $$ > "{half_a_cpu}/below/cgroup.procs" && exec "$@"'

    report = _report("sh", "-c", enter, "sh")

    assert report["cpus"] == 0.5
    assert report["by"] == "cgroup quota"
    assert Path(report["source"]).parent == half_a_cpu
    status = half_a_cpu.stat()
    assert report["key"] == f"cgroup:{status.st_dev}:{status.st_ino}"
    assert report["unreadable"] == []
