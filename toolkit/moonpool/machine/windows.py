"""What the job object of this process allows, where Windows runs it in one.

The structures are those of QueryInformationJobObject in winnt.h. Only `read` imports this module,
and only where there is no /proc, since ctypes costs time.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from moonpool.machine.facts import CpuLimit, MemoryLimit

if TYPE_CHECKING:
    from collections.abc import Callable

    Query = Callable[[int, ctypes.Structure], bool]

__all__ = ["CpuRate", "ExtendedLimits", "job_cpu_limit", "job_memory_limits", "kernel_query"]

_EXTENDED_LIMITS = 9
_CPU_RATE = 15
_RATE_ENABLED = 0x1
_RATE_WEIGHTED = 0x2
_RATE_HARD_CAP = 0x4
_RATE_MIN_MAX = 0x10
_LIMITS_PROCESS_MEMORY = 0x100
_LIMITS_JOB_MEMORY = 0x200
# A rate is in hundredths of a percent of all processors together.
_WHOLE_MACHINE = 10_000


class CpuRate(ctypes.Structure):
    """JOBOBJECT_CPU_RATE_CONTROL_INFORMATION; ``rate`` is a union, read as its flags say."""

    _fields_ = [("flags", ctypes.c_uint32), ("rate", ctypes.c_uint32)]


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, whose first two members are flattened."""

    _fields_ = [
        ("per_process_user_time_limit", ctypes.c_int64),
        ("per_job_user_time_limit", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set_size", ctypes.c_size_t),
        ("maximum_working_set_size", ctypes.c_size_t),
        ("active_process_limit", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory_limit", ctypes.c_size_t),
        ("job_memory_limit", ctypes.c_size_t),
        ("peak_process_memory_used", ctypes.c_size_t),
        ("peak_job_memory_used", ctypes.c_size_t),
    ]


def kernel_query() -> Query | None:
    """Return the way to ask Windows about this process's job, or None on other systems."""
    windll: Any = getattr(ctypes, "WinDLL", None)
    if windll is None:
        return None
    ask = windll("kernel32", use_last_error=True).QueryInformationJobObject
    ask.argtypes = [
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_void_p,
    ]
    ask.restype = ctypes.c_int
    # No handle means the job that the asking process runs in; without one the call fails.
    return lambda kind, answer: bool(
        ask(None, kind, ctypes.byref(answer), ctypes.sizeof(answer), None)
    )


def job_cpu_limit(query: Query, logical_cpus: int | None) -> CpuLimit | None:
    """Return the job's hard CPU rate as a number of CPUs; weights and soft rates limit nothing."""
    answer = CpuRate()
    if not logical_cpus or not query(_CPU_RATE, answer) or not answer.flags & _RATE_ENABLED:
        return None
    if answer.flags & _RATE_MIN_MAX:
        rate = answer.rate >> 16
    elif answer.flags & _RATE_HARD_CAP and not answer.flags & _RATE_WEIGHTED:
        rate = answer.rate
    else:
        return None
    if not 0 < rate <= _WHOLE_MACHINE:
        return None
    cpus = logical_cpus * rate / _WHOLE_MACHINE
    return CpuLimit("job object rate", cpus, "QueryInformationJobObject", "job")


def job_memory_limits(query: Query) -> tuple[MemoryLimit, ...]:
    """Return what the job may commit in all, and what one of its processes may."""
    answer = ExtendedLimits()
    if not query(_EXTENDED_LIMITS, answer):
        return ()
    allowed = (
        (_LIMITS_JOB_MEMORY, "job object memory", int(answer.job_memory_limit)),
        (_LIMITS_PROCESS_MEMORY, "job object process memory", int(answer.process_memory_limit)),
    )
    return tuple(
        MemoryLimit(name, limit, "QueryInformationJobObject", "job")
        for flag, name, limit in allowed
        if answer.flags & flag and limit > 0
    )
