from __future__ import annotations

import pytest

from moonpool.history import History, StartRun, start_cost


def test_workers_cost_what_the_run_took_longer_than_one_process() -> None:
    known = History(
        starts={"m": (StartRun(0, 0.5, 0.4, 2.0), StartRun(2, 2.5, 1.0, 2.0))},
    )
    cost = start_cost(known, "m")
    assert cost.measured
    assert cost.worker_seconds == 1.0
    assert cost.fixed_seconds == 1.0
    assert cost.fixed_seconds + cost.worker_seconds == 2.5 - 0.5


def test_workers_that_shared_a_cpu_are_not_taken_for_slow_ones() -> None:
    alone = StartRun(0, 0.5, 0.4, 2.0)
    two = start_cost(History(starts={"m": (alone, StartRun(2, 2.0, 1.0, 2.0))}), "m")
    eight = start_cost(History(starts={"m": (alone, StartRun(8, 5.0, 1.0, 2.0))}), "m")
    assert two == eight


def test_without_a_run_in_one_process_a_workers_own_start_stands_for_it() -> None:
    cost = start_cost(History(starts={"m": (StartRun(2, 2.5, 1.0, 2.0),)}), "m")
    assert cost.fixed_seconds == 0.5


def test_one_bad_run_changes_nothing() -> None:
    good, bad = StartRun(2, 2.0, 1.0, 2.0), StartRun(2, 60.0, 1.0, 2.0)
    known = start_cost(History(starts={"m": (good, good)}), "m")
    assert start_cost(History(starts={"m": (good, bad, good)}), "m") == known


def test_a_slow_import_makes_an_unmeasured_worker_dearer() -> None:
    quick = start_cost(History(starts={"m": (StartRun(0, 0.2, 0.2, 2.0),)}), "m")
    slow = start_cost(History(starts={"m": (StartRun(0, 4.2, 4.2, 2.0),)}), "m")
    assert not slow.measured
    assert slow.worker_seconds - quick.worker_seconds == pytest.approx(4.0)
    assert slow.fixed_seconds < 0


def test_a_forked_worker_is_spared_what_its_controller_has_imported() -> None:
    shared = History(starts={"m": (StartRun(2, 2.5, 0.3, 2.0),)})
    fixed = start_cost(shared, "m", spared_seconds=0.7).fixed_seconds
    assert fixed == pytest.approx(2.5 - 0.3 - (0.3 + 0.7))


def test_nobodys_measure_of_a_forked_worker_is_that_of_a_new_process() -> None:
    known = History(starts={"m": (StartRun(0, 1.2, 1.0, 2.0),)})
    assert start_cost(known, "m", spared_seconds=0.7) == start_cost(known, "m")


def test_another_machine_is_a_better_guide_than_none() -> None:
    known = History(starts={"ci": (StartRun(2, 9.0, 4.0, 2.0),)})
    assert start_cost(known, "m").worker_seconds == 4.0
    assert start_cost(History(), "m").worker_seconds == pytest.approx(1.0)
