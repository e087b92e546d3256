from __future__ import annotations

import pytest

from moonpool.schedule import Unit
from moonpool.schedule.load import Load


def _load(tests: int, *, asks: bool = True) -> Load:
    load = Load(asks)
    load.bind(Unit("a.py", tuple(range(tests)), 1.0))
    return load


def test_three_tests_are_sent_beyond_the_running_one() -> None:
    load = _load(10)
    assert load.send() == (0, 1, 2, 3)
    assert load.send() == ()


def test_more_is_sent_before_the_worker_runs_out() -> None:
    load = _load(10)
    load.send()
    load.finish(0, 1.0)
    assert load.send() == ()
    load.finish(1, 1.0)
    assert load.send() == (4, 5)


def test_quick_tests_are_sent_for_a_tenth_of_a_second() -> None:
    load = _load(100)
    load.send()
    for test in (0, 1):
        load.finish(test, 0.005)
    assert len(load.send()) == 19
    load = _load(1000)
    load.send()
    for test in (0, 1):
        load.finish(test, 0.0)
    assert len(load.send()) == 199


def test_a_worker_that_asks_needs_a_unit_when_it_does() -> None:
    load = _load(1)
    load.send()
    before = load.needs_unit
    load.ask()
    assert (before, load.needs_unit) == (False, True)


def test_a_question_that_was_answered_on_the_way_is_none() -> None:
    load = _load(6)
    load.send()
    load.ask()
    assert not load.hungry
    for test in range(3):
        load.finish(test, 1.0)
    assert load.send() == (4, 5)
    for test in (3, 4):
        load.ask()
        assert not load.needs_unit
        load.finish(test, 1.0)
    load.ask()
    assert load.hungry


def test_any_other_worker_needs_to_know_before_its_last_test() -> None:
    load = _load(2, asks=False)
    load.send()
    before = load.needs_unit
    load.finish(0, 1.0)
    assert (before, load.needs_unit) == (False, True)
    load.ask()
    assert not load.hungry


def test_a_test_out_of_turn_is_struck_off_too() -> None:
    load = _load(3)
    load.send()
    load.finish(1, 1.0)
    assert list(load.sent) == [0, 2]
    with pytest.raises(ValueError, match="not in deque"):
        load.finish(1, 1.0)
