from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.machine import CpuLimit, Machine, MemoryLimit
from moonpool.pool import Capacity, Pool, machine_capacity
from tests.pool.controllers import CAPACITY, someone, want

if TYPE_CHECKING:
    from pathlib import Path

CPUS = (CpuLimit("cgroup quota", 1.5, "cpu.max", "group"),)


def test_capacity_keeps_fractions_and_leaves_the_reserve() -> None:
    memory = (MemoryLimit("cgroup limit", 1000, "memory.max", "group"),)
    machine = Machine(CPUS, memory, None, None, None, None, None, ())
    assert machine_capacity(machine, 300) == Capacity(1.5, 700)
    assert machine_capacity(machine, 5000) == Capacity(1.5, 0)


def test_unknown_memory_stays_unknown() -> None:
    machine = Machine(CPUS, (), None, None, None, None, None, ())
    assert machine_capacity(machine, 300) == Capacity(1.5, None)


def test_an_empty_pool_is_shown_as_empty(pool: Pool) -> None:
    snapshot = pool.snapshot()
    assert (snapshot.standings, snapshot.free) == ((), CAPACITY)


def test_who_has_waited_longest_is_shown_first(pool: Pool) -> None:
    with (
        pool.join(someone("content")) as content,
        pool.join(someone("waits")) as waits,
        pool.join(someone("waits longer")) as longer,
    ):
        want(content, 4)
        want(longer, 4)
        want(waits, 4)
        standings = pool.snapshot().standings
    assert [each.controller.project for each in standings] == ["waits longer", "waits", "content"]
    assert [(each.claim.held, each.target) for each in standings] == [(1, 1), (1, 1), (4, 2)]
    assert standings[2].waiting_seconds is None
    assert standings[0].waiting_seconds is not None
    assert pool.snapshot().standings == ()


def test_looking_changes_nothing(pool: Pool, base: Path) -> None:
    with pool.join(someone("a")) as member:
        want(member, 2)
        before = [path.read_bytes() for path in base.rglob("*.json")]
        pool.snapshot()
        assert [path.read_bytes() for path in base.rglob("*.json")] == before
