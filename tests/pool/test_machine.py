"""Any order of joining, asking, giving back, dying and waiting keeps the pool's promises.

The model is what each controller was told. Dying drops the lock as the kernel does, without a word
to the ledger; real deaths are in test_membership.py and test_stress.py.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from moonpool.pool import Capacity, Controller, Membership, open_pool
from moonpool.pool.entries import STALE_SECONDS

# Whole and half CPUs and hundreds of bytes add up without rounding.
CPUS, BYTES = 4.0, 1000


@dataclass
class Told:
    """What one controller was told, by the model."""

    member: Membership
    weight: float
    worker_bytes: int
    floor: int
    firm_bytes: bool
    wanted: int = 0
    held: int = 0

    def ask(self) -> int:
        """Ask, take what is granted, and return the target."""
        allowance = self.member.sync(
            self.wanted,
            weight=self.weight,
            worker_bytes=self.worker_bytes,
            firm_bytes=self.firm_bytes,
        )
        assert allowance.shared, allowance.note
        assert allowance.granted >= self.held
        assert allowance.granted <= max(self.held, self.wanted)
        self.held = allowance.granted
        return allowance.target

    def give_back(self, workers: int) -> None:
        """End some workers."""
        self.member.release(workers)
        self.held -= workers


class PoolMachine(RuleBasedStateMachine):
    """Controllers of one pool, and what they were told."""

    told: Bundle[Told] = Bundle("told")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.now = 1000.0
        self.living: list[Told] = []
        self.joined = 0
        self.pool = open_pool(
            Capacity(CPUS, BYTES),
            "k",
            environ={"MOONPOOL_POOL_DIR": self.folder.name},
            clock=lambda: self.now,
        )

    @rule(
        target=told,
        weight=st.sampled_from([0.5, 1.0, 2.0]),
        worker_bytes=st.sampled_from([0, 100, 400]),
        floor=st.integers(0, 1),
        firm_bytes=st.booleans(),
    )
    def join(self, weight: float, worker_bytes: int, floor: int, firm_bytes: bool) -> Told:
        self.joined += 1
        controller = Controller(f"p{self.joined}", "/c", self.joined)
        member = self.pool.join(controller, floor=floor)
        new = Told(member, weight, worker_bytes, floor, firm_bytes)
        self.living.append(new)
        return new

    @rule(one=told, wanted=st.integers(0, 9))
    def ask(self, one: Told, wanted: int) -> None:
        one.wanted = wanted
        one.ask()

    @rule(one=told, data=st.data())
    def give_back(self, one: Told, data: st.DataObject) -> None:
        one.give_back(data.draw(st.integers(0, one.held)))

    @rule(one=consumes(told))
    def leave(self, one: Told) -> None:
        one.member.leave()
        self.living.remove(one)

    @rule(one=consumes(told))
    def die(self, one: Told) -> None:
        one.member._forget()
        self.living.remove(one)

    @rule(seconds=st.sampled_from([0.1, STALE_SECONDS + 1, -50.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def settle(self) -> None:
        """Let everybody ask and retire at file boundaries until nothing moves."""
        for _ in range(2 + len(self.living)):
            for one in self.living:
                target = one.ask()
                one.give_back(max(0, one.held - target))
        for one in self.living:
            assert one.ask() == one.held

    @invariant()
    def nothing_is_oversold(self) -> None:
        """CPUs and bytes beyond the first workers that were promised."""
        cpus = [one.weight * (one.held - min(one.floor, one.held)) for one in self.living]
        unpromised = [
            one.held - (0 if one.firm_bytes else min(one.floor, one.held)) for one in self.living
        ]
        taken = [one.worker_bytes * held for one, held in zip(self.living, unpromised, strict=True)]
        assert sum(cpus) <= CPUS
        assert sum(taken) <= BYTES

    @invariant()
    def the_ledger_says_what_everybody_was_told(self) -> None:
        found = [each.claim.held for each in self.pool.snapshot().standings]
        assert sorted(found) == sorted(one.held for one in self.living)

    def teardown(self) -> None:
        for one in self.living:
            one.member.leave()
        assert self.pool.snapshot().standings == ()
        self.folder.cleanup()


PoolMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_any_order_of_events_keeps_the_promises = PoolMachine.TestCase
