"""Where there is no /proc; psutil itself answers on every platform."""

from __future__ import annotations

import os

import psutil

from moonpool.machine.host import Host
from moonpool.machine.portable import portable_affinity, portable_host, read_portable
from tests.machine.test_windows import Job

GIB = 2**30
HOST = Host("host", 8, "os.cpu_count", 16 * GIB, 9 * GIB, "psutil.virtual_memory")
EVERYWHERE = frozenset(range(8))


def test_psutil_tells_the_hosts_memory_in_bytes() -> None:
    host = portable_host()

    assert host.cpus == os.cpu_count()
    assert host.memory_bytes == psutil.virtual_memory().total
    assert host.memory_available_bytes is not None
    assert 0 < host.memory_available_bytes <= host.memory_bytes


def test_the_affinity_is_what_the_platform_says() -> None:
    process = psutil.Process()

    told = set(process.cpu_affinity() or ()) if hasattr(process, "cpu_affinity") else None

    assert portable_affinity() == told


def test_without_a_job_the_host_and_the_affinity_count() -> None:
    machine = read_portable(host=HOST, affinity={0, 1, 2}, query=None)

    assert [(limit.name, limit.cpus) for limit in machine.cpu_limits] == [
        ("logical cpus", 8.0),
        ("affinity", 3.0),
    ]
    assert machine.memory_limit_bytes == 16 * GIB
    assert machine.memory_free_bytes == 9 * GIB


def test_a_job_with_a_rate_binds() -> None:
    machine = read_portable(host=HOST, affinity=EVERYWHERE, query=Job(flags=0x5, rate=1875))

    assert (machine.cpus, machine.cpu_limit.name) == (1.5, "job object rate")


def test_a_jobs_memory_bounds_what_is_free() -> None:
    def query(kind: int, answer: object) -> bool:
        fields = {9: {"flags": 0x200, "job_memory_limit": 2 * GIB}}.get(kind, {})
        for name, value in fields.items():
            setattr(answer, name, value)
        return kind == 9

    machine = read_portable(host=HOST, affinity=EVERYWHERE, query=query)

    assert machine.memory_limit_bytes == 2 * GIB
    assert machine.memory_free_bytes == 2 * GIB
    assert machine.cpus == 8.0


def test_an_unknown_host_stays_unknown() -> None:
    unknown = Host("host", None, "os.cpu_count", None, None, "psutil.virtual_memory")

    machine = read_portable(host=unknown, affinity={0}, query=None)

    assert [limit.name for limit in machine.cpu_limits] == ["affinity"]
    assert machine.memory_limit_bytes is None
    assert machine.memory_free_bytes is None
