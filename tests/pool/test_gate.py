from __future__ import annotations

import pytest

from moonpool.machine import CpuLimit, FreeMemory, Machine, Pressure
from moonpool.pool.gate import growth_hindrance, memory_shortage

MIB = 2**20
CALM = Machine(
    cpu_limits=(CpuLimit("logical cpus", 2.0, "cpus", "host"),),
    memory_limits=(),
    memory_free=FreeMemory(600 * MIB, "/proc/meminfo"),
    cpu_pressure=Pressure(49.9, None, "cpu.pressure"),
    memory_pressure=Pressure(9.9, 0.0, "memory.pressure"),
    throttled=None,
    oom_kills=None,
    unreadable=(),
)
UNKNOWN = CALM._replace(memory_free=None, cpu_pressure=None, memory_pressure=None)


@pytest.mark.parametrize("machine", [CALM, UNKNOWN])
def test_a_calm_machine_and_an_unknown_one_hinder_nothing(machine: Machine) -> None:
    assert growth_hindrance(machine, 500 * MIB, 100 * MIB) is None
    assert memory_shortage(machine, 600 * MIB) is None


def test_too_little_free_memory_hinders() -> None:
    shortage = "600.0 MiB of memory free (/proc/meminfo), the reserve is 601.0 MiB"
    assert growth_hindrance(CALM, 601 * MIB, 0) == shortage
    assert memory_shortage(CALM, 601 * MIB) == shortage


def test_room_for_the_reserve_alone_hinders_growth_and_takes_nothing_away() -> None:
    assert growth_hindrance(CALM, 500 * MIB, 101 * MIB) == (
        "600.0 MiB of memory free (/proc/meminfo), the reserve and another worker need 601.0 MiB"
    )
    assert memory_shortage(CALM, 500 * MIB) is None


def test_pressure_on_memory_hinders() -> None:
    strained = CALM._replace(memory_pressure=Pressure(10.0, 0.0, "memory.pressure"))
    shortage = "tasks waited for memory in 10 % of the time (memory.pressure)"
    assert growth_hindrance(strained, 0, 0) == shortage
    assert memory_shortage(strained, 0) == shortage


def test_the_load_of_others_hinders_growth_and_takes_nothing_away() -> None:
    strained = CALM._replace(cpu_pressure=Pressure(50.0, None, "cpu.pressure"))
    assert growth_hindrance(strained, 0, 0) == (
        "tasks waited for cpus in 50 % of the time (cpu.pressure)"
    )
    assert memory_shortage(strained, 0) is None
