from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moonpool.pool.allowance import (
    Allowance,
    decide_allowance,
    independent_allowance,
    still_allowance,
)
from moonpool.pool.shares import Capacity, Claim, Room
from tests.pool.claims import capacities, claim_lists

FOUR = Capacity(4.0, None)


def test_an_empty_machine_is_granted_whole() -> None:
    assert decide_allowance(FOUR, Claim("a", wanted=9), []) == Allowance(4, 4)


def test_what_others_still_hold_is_not_granted() -> None:
    other = Claim("b", wanted=9, held=4)
    allowance = decide_allowance(FOUR, Claim("a", wanted=9, floor=0), [other])
    assert allowance == Allowance(2, 0)
    assert decide_allowance(FOUR, Claim("a", wanted=9), [other]) == Allowance(
        2, 1, overcommitted=True
    )


def test_a_holder_above_its_share_learns_what_to_retire_when_others_wait() -> None:
    allowance = decide_allowance(FOUR, Claim("a", wanted=9, held=4), [Claim("b", wanted=9, held=1)])
    assert allowance == Allowance(2, 4, others_wait=True, overcommitted=True)
    assert allowance.surplus == 2


def test_a_holder_above_its_share_keeps_it_when_nobody_needs_it() -> None:
    allowance = decide_allowance(FOUR, Claim("a", wanted=2, held=4), [])
    assert allowance == Allowance(2, 4)
    assert allowance.surplus == 0


def test_a_promised_worker_beyond_the_machine_is_made_up_for() -> None:
    allowance = decide_allowance(FOUR, Claim("a", wanted=9, held=4), [Claim("b", wanted=1, held=1)])
    assert allowance == Allowance(3, 4, overcommitted=True)
    assert allowance.surplus == 1


def test_a_capacity_that_shrank_is_followed() -> None:
    allowance = decide_allowance(FOUR, Claim("a", wanted=9, held=6), [])
    assert allowance == Allowance(4, 6, overcommitted=True)
    assert allowance.surplus == 2


def test_free_slots_beyond_the_own_share_are_left_to_whom_they_belong() -> None:
    others = [Claim("b", wanted=9), Claim("c", wanted=9)]
    assert decide_allowance(Capacity(6.0, None), Claim("a", wanted=9), others).granted == 2


def test_a_controller_that_stands_alone_takes_what_the_machine_has() -> None:
    allowance = independent_allowance(FOUR, Claim("a", wanted=9, floor=0), "why")
    assert allowance == Allowance(4, 4, note="why", shared=False)


def test_a_first_worker_waits_for_memory_that_others_hold() -> None:
    machine = Capacity(4.0, 1000)
    other = Claim("b", wanted=1, held=1, worker_bytes=600)
    own = Claim("a", wanted=1, worker_bytes=600, firm_bytes=True)
    assert decide_allowance(machine, own, [other]) == Allowance(0, 0)
    assert decide_allowance(machine, own, []).granted == 1
    assert decide_allowance(machine, own._replace(worker_bytes=300), [other]).granted == 1


def test_a_first_worker_does_not_wait_for_cpus_that_others_hold() -> None:
    other = Claim("b", wanted=4, held=4, worker_bytes=100)
    own = Claim("a", wanted=1, worker_bytes=300, firm_bytes=True)
    assert decide_allowance(Capacity(4.0, 1000), own, [other]).granted == 1


def test_memory_that_no_other_holds_is_not_waited_for() -> None:
    own = Claim("a", wanted=1, worker_bytes=900, own_bytes=400, firm_bytes=True)
    assert decide_allowance(Capacity(4.0, 1000), own, [Claim("b", wanted=0)]).granted == 1


def test_a_controller_that_cannot_ask_keeps_what_it_has_and_its_promised_worker() -> None:
    assert still_allowance(Claim("a", wanted=9, held=3), None) == Allowance(3, 3, shared=False)
    assert still_allowance(Claim("a", wanted=9), None).granted == 1
    assert still_allowance(Claim("a", wanted=9, floor=0), None).granted == 0


@given(capacities, claim_lists)
def test_a_grant_never_sells_what_others_hold(capacity: Capacity, claims: list[Claim]) -> None:
    if not claims:
        return
    own, *others = claims
    granted = decide_allowance(capacity, own, others).granted
    room = Room(capacity)
    for claim in others:
        room.take(room.cost(claim), claim.held)
    free = room.fitting(room.cost(own), 99)
    assert granted <= max(free, own.held, own.floor)
    assert granted >= own.held


@given(capacities, claim_lists, st.data())
def test_asking_in_any_order_and_retiring_leads_to_the_targets(
    capacity: Capacity, claims: list[Claim], data: st.DataObject
) -> None:
    held = {claim.id: claim for claim in claims}
    for _ in range(5):
        for name in data.draw(st.permutations(sorted(held))):
            others = [claim for other, claim in held.items() if other != name]
            allowance = decide_allowance(capacity, held[name], others)
            keep = min(allowance.granted, allowance.target)
            held[name] = held[name]._replace(held=keep)
    for name, claim in held.items():
        others = [other for key, other in held.items() if key != name]
        target = decide_allowance(capacity, claim, others).target
        assert claim.held == target
