from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from moonpool.pool.shares import Capacity, Claim, Room, fair_targets, seniority
from tests.pool.claims import capacities, claim_lists, plain_claim_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

GIB = 2**30


def _firsts(claims: Sequence[Claim]) -> dict[str, int]:
    """Workers that need no room: promised ones, of whoever runs, and the first of all."""
    firsts = {claim.id: int(_is_promised(claim)) for claim in claims}
    wanting = sorted((claim for claim in claims if claim.wanted), key=seniority)
    if wanting and not any(firsts.values()):
        firsts[wanting[0].id] = 1
    return firsts


def _is_promised(claim: Claim) -> bool:
    promised = claim.floor > 0 and not claim.firm_bytes
    return claim.wanted > 0 and (promised or claim.held > 0)


def _left(capacity: Capacity, claims: Sequence[Claim], workers: dict[str, int]) -> Room:
    room = Room(capacity)
    for claim in claims:
        room.take_controller(claim)
        room.take(room.cost(claim), workers[claim.id])
    return room


def test_equals_share_equally_and_the_odd_worker_goes_to_who_waited_longest() -> None:
    claims = [Claim("a", wanted=9, since=5.0), Claim("b", wanted=9, since=3.0)]
    assert fair_targets(Capacity(5.0, None), claims) == {"a": 2, "b": 3}


def test_between_equals_that_waited_alike_the_id_decides() -> None:
    claims = [Claim("b", wanted=9), Claim("a", wanted=9)]
    assert fair_targets(Capacity(3.0, None), claims) == {"a": 2, "b": 1}


def test_the_odd_worker_stays_where_it_runs() -> None:
    claims = [Claim("a", wanted=9, held=1, since=1.0), Claim("b", wanted=9, held=2, since=2.0)]
    assert fair_targets(Capacity(3.0, None), claims) == {"a": 1, "b": 2}


def test_what_one_does_not_want_goes_to_the_others() -> None:
    claims = [Claim("small", wanted=1), Claim("large", wanted=20), Claim("none", wanted=0)]
    assert fair_targets(Capacity(8.0, None), claims) == {"small": 1, "large": 7, "none": 0}


def test_a_floor_of_one_is_given_whatever_the_machine_has() -> None:
    claims = [Claim(str(number), wanted=4) for number in range(9)]
    assert set(fair_targets(Capacity(2.0, None), claims).values()) == {1}


def test_without_a_floor_those_who_waited_longest_come_first() -> None:
    claims = [
        Claim(name, wanted=4, floor=0, since=at) for name, at in (("a", 3), ("b", 1), ("c", 2))
    ]
    assert fair_targets(Capacity(2.0, None), claims) == {"a": 0, "b": 1, "c": 1}


def test_without_a_floor_a_running_controller_keeps_its_first_worker() -> None:
    runs = Claim("runs", wanted=1, held=1, floor=0)
    waits = Claim("waits", wanted=1, floor=0, since=0.0)
    assert fair_targets(Capacity(1.0, None), [waits, runs]) == {"runs": 1, "waits": 0}


def test_small_ones_do_not_overtake_a_large_one_that_waits() -> None:
    runs = Claim("runs", wanted=3, held=1, floor=0)
    large = Claim("large", weight=3.0, wanted=1, floor=0, since=1.0)
    small = Claim("small", wanted=1, floor=0, since=2.0)
    # What the large one cannot use yet is for those who run: they can give it back.
    assert fair_targets(Capacity(3.0, None), [runs, large, small]) == {
        "runs": 3,
        "large": 0,
        "small": 0,
    }


def test_lighter_workers_are_more_of_them_for_the_same_cpus() -> None:
    claims = [Claim("waits", weight=0.25, wanted=99), Claim("computes", wanted=99)]
    assert fair_targets(Capacity(4.0, None), claims) == {"waits": 8, "computes": 2}


def test_memory_bounds_one_and_leaves_the_cpus_to_the_other() -> None:
    claims = [Claim("fat", worker_bytes=GIB, wanted=8), Claim("thin", wanted=8)]
    assert fair_targets(Capacity(8.0, 2 * GIB), claims) == {"fat": 2, "thin": 6}


def test_memory_that_nobody_knows_bounds_nothing() -> None:
    claim = Claim("fat", worker_bytes=GIB, wanted=8)
    assert fair_targets(Capacity(8.0, None), [claim]) == {"fat": 8}


def test_a_worker_larger_than_the_machine_runs_alone() -> None:
    claim = Claim("giant", weight=64.0, worker_bytes=99 * GIB, wanted=8, floor=0)
    assert fair_targets(Capacity(2.0, GIB), [claim]) == {"giant": 1}
    other = Claim("other", wanted=1, held=1)
    assert fair_targets(Capacity(2.0, GIB), [claim, other]) == {"giant": 0, "other": 1}


def test_measured_memory_is_waited_for_with_a_floor_too() -> None:
    claims = [
        Claim(str(number), worker_bytes=GIB, wanted=1, since=float(number), firm_bytes=True)
        for number in range(3)
    ]
    assert fair_targets(Capacity(1.0, 2 * GIB), claims) == {"0": 1, "1": 1, "2": 0}


def test_guessed_memory_is_not_waited_for() -> None:
    claims = [Claim(str(number), worker_bytes=GIB, wanted=1) for number in range(3)]
    assert set(fair_targets(Capacity(8.0, 2 * GIB), claims).values()) == {1}


def test_where_nobody_runs_the_first_one_fits_whatever_its_controller_takes() -> None:
    claim = Claim("giant", worker_bytes=GIB, wanted=4, own_bytes=GIB // 2, firm_bytes=True)
    assert fair_targets(Capacity(2.0, GIB), [claim]) == {"giant": 1}


def test_tenths_of_cpus_add_up_to_whole_ones() -> None:
    claim = Claim("a", weight=0.1, wanted=99)
    assert fair_targets(Capacity(0.3, None), [claim]) == {"a": 3}


@given(capacities, claim_lists)
def test_nobody_gets_more_than_it_wants(capacity: Capacity, claims: list[Claim]) -> None:
    targets = fair_targets(capacity, claims)
    assert all(0 <= targets[claim.id] <= claim.wanted for claim in claims)


@given(capacities, claim_lists)
def test_floors_are_kept(capacity: Capacity, claims: list[Claim]) -> None:
    targets = fair_targets(capacity, claims)
    assert all(targets[name] >= first for name, first in _firsts(claims).items())


@given(capacities, claim_lists)
def test_beyond_floors_neither_cpus_nor_bytes_are_given_twice(
    capacity: Capacity, claims: list[Claim]
) -> None:
    targets, firsts = fair_targets(capacity, claims), _firsts(claims)
    floors = {c.id: max(firsts[c.id], min(c.floor, targets[c.id])) for c in claims}
    left = _left(capacity, claims, targets)
    # A floor is given whatever CPUs the others hold, also those that fitted before it.
    beyond = {name: workers - floors[name] for name, workers in targets.items()}
    assert _left(capacity, claims, beyond).cpus >= 0
    # Where what runs and is promised overcommits a currency, nothing more of it is given.
    assert _left(capacity, claims, firsts).cpus >= 0 or not any(beyond.values())
    assert left.bytes >= min(0, _left(capacity, claims, firsts).bytes)


@given(capacities, claim_lists)
def test_nothing_is_left_that_a_running_or_promised_one_could_use(
    capacity: Capacity, claims: list[Claim]
) -> None:
    targets = fair_targets(capacity, claims)
    left = _left(capacity, claims, targets)
    short = [c for c in claims if 0 < targets[c.id] < c.wanted]
    assert not any(left.fitting(left.cost(claim), 1) for claim in short)


@given(capacities, claim_lists)
def test_who_has_waited_longest_is_not_overtaken(capacity: Capacity, claims: list[Claim]) -> None:
    targets, firsts = fair_targets(capacity, claims), _firsts(claims)
    waiting = sorted((c for c in claims if c.wanted and not firsts[c.id]), key=seniority)
    served = [targets[claim.id] > 0 for claim in waiting]
    assert served == sorted(served, reverse=True)
    # The first who goes without does so because the first workers of the others leave no room.
    if False in served:
        room = _left(capacity, claims, {name: min(1, count) for name, count in targets.items()})
        assert not room.fits_first(waiting[served.index(False)])


@given(capacities, claim_lists)
def test_nobody_envies_another_by_more_than_one_worker(
    capacity: Capacity, claims: list[Claim]
) -> None:
    targets, firsts = fair_targets(capacity, claims), _firsts(claims)
    room = Room(capacity)
    rich = [c for c in claims if targets[c.id] > max(1, firsts[c.id])]
    poor = [c for c in claims if 0 < targets[c.id] < c.wanted]
    for one in poor:
        for other in rich:
            without = _left(capacity, claims, {**targets, other.id: targets[other.id] - 1})
            could_use = one is not other and without.fitting(without.cost(one), 1) > 0
            less = room.share(room.cost(other), targets[other.id] - 1)
            assert not could_use or less <= room.share(room.cost(one), targets[one.id]) + 1e-9


@given(capacities, claim_lists, st.data())
def test_every_reader_comes_to_the_same_answer(
    capacity: Capacity, claims: list[Claim], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(claims))
    assert fair_targets(capacity, shuffled) == fair_targets(capacity, claims)


@given(st.integers(1, 20), plain_claim_lists)
def test_between_equal_workers_more_cpus_harm_nobody(cpus: int, claims: list[Claim]) -> None:
    before = fair_targets(Capacity(float(cpus), None), claims)
    after = fair_targets(Capacity(float(cpus + 1), None), claims)
    assert all(after[name] >= before[name] for name in before)


@given(st.integers(1, 20), plain_claim_lists)
def test_between_equal_workers_one_who_leaves_harms_nobody(cpus: int, claims: list[Claim]) -> None:
    assume(claims)
    capacity = Capacity(float(cpus), None)
    before, after = fair_targets(capacity, claims), fair_targets(capacity, claims[1:])
    assert all(after[name] >= before[name] for name in after)


@given(st.integers(1, 20), plain_claim_lists)
def test_reaching_the_targets_moves_no_target(cpus: int, claims: list[Claim]) -> None:
    capacity = Capacity(float(cpus), None)
    targets = fair_targets(capacity, claims)
    reached = [claim._replace(held=targets[claim.id]) for claim in claims]
    assert fair_targets(capacity, reached) == targets
