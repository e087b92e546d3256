"""Job objects, with the answers that Windows would fill in."""

from __future__ import annotations

import ctypes

import pytest

from moonpool.machine import CpuLimit, MemoryLimit
from moonpool.machine.windows import (
    CpuRate,
    ExtendedLimits,
    job_cpu_limit,
    job_memory_limits,
    kernel_query,
)

SOURCE = "QueryInformationJobObject"


class Job:
    """Answers queries as the kernel does: by filling in the structure it is given."""

    def __init__(self, **fields: int) -> None:
        self.fields = fields

    def __call__(self, kind: int, answer: ctypes.Structure) -> bool:
        assert {9: ExtendedLimits, 15: CpuRate}[kind] is type(answer)
        for name, value in self.fields.items():
            setattr(answer, name, value)
        return True


def no_job(kind: int, answer: ctypes.Structure) -> bool:
    return False


@pytest.mark.parametrize(
    ("flags", "rate", "cpus"),
    [
        pytest.param(0x5, 2500, 2.0, id="hard cap at 25 percent of 8"),
        pytest.param(0x5, 625, 0.5, id="hard cap at half a cpu"),
        pytest.param(0x11, 5000 << 16 | 1000, 4.0, id="at most 50 percent, at least 10"),
    ],
)
def test_a_hard_rate_is_a_number_of_cpus(flags: int, rate: int, cpus: float) -> None:
    limit = job_cpu_limit(Job(flags=flags, rate=rate), 8)

    assert limit == CpuLimit("job object rate", cpus, SOURCE, "job")


@pytest.mark.parametrize(
    ("flags", "rate"),
    [
        pytest.param(0x0, 2500, id="not enabled"),
        pytest.param(0x3, 5, id="a weight"),
        pytest.param(0x7, 5, id="a weight that also says hard cap"),
        pytest.param(0x1, 2500, id="a soft rate"),
        pytest.param(0x5, 0, id="nothing"),
        pytest.param(0x5, 20000, id="more than all"),
    ],
)
def test_other_rates_limit_nothing(flags: int, rate: int) -> None:
    assert job_cpu_limit(Job(flags=flags, rate=rate), 8) is None


def test_a_rate_of_an_unknown_number_of_cpus_is_unknown() -> None:
    assert job_cpu_limit(Job(flags=0x5, rate=2500), None) is None


def test_a_jobs_memory_limits_are_told_apart() -> None:
    job = Job(flags=0x300, job_memory_limit=3000, process_memory_limit=1000)

    assert job_memory_limits(job) == (
        MemoryLimit("job object memory", 3000, SOURCE, "job"),
        MemoryLimit("job object process memory", 1000, SOURCE, "job"),
    )


def test_a_memory_limit_counts_only_with_its_flag() -> None:
    assert job_memory_limits(Job(flags=0, job_memory_limit=3000)) == ()


def test_without_a_job_nothing_is_limited() -> None:
    assert job_cpu_limit(no_job, 8) is None
    assert job_memory_limits(no_job) == ()


def test_the_structures_have_the_size_that_winnt_h_gives_them() -> None:
    pointer = ctypes.sizeof(ctypes.c_void_p)

    assert ctypes.sizeof(CpuRate) == 8
    assert ctypes.sizeof(ExtendedLimits) == {4: 112, 8: 144}[pointer]


def test_the_kernel_is_asked_only_where_it_can_be() -> None:
    assert (kernel_query() is None) is not hasattr(ctypes, "WinDLL")
