from __future__ import annotations

from moonpool.schedule import Dispatch, Step, Unit

_UNITS = (Unit("a", (0, 1, 2, 3, 4, 5), 6.0), Unit("b", (6, 7), 2.0), Unit("c", (8,), 1.0))


def _started(*workers: str, asks: bool = True) -> tuple[Dispatch[str], dict[str, Step]]:
    dispatch: Dispatch[str] = Dispatch(_UNITS)
    for worker in workers:
        dispatch.join(worker, asks=asks)
    return dispatch, {worker: dispatch.decide(worker) for worker in workers}


def test_each_worker_gets_one_unit_and_those_left_over_end() -> None:
    dispatch, steps = _started("w1", "w2", "w3", "w4")
    assert steps == {
        "w1": Step((0, 1, 2, 3)),
        "w2": Step((6, 7)),
        "w3": Step((8,)),
        "w4": Step(end=True),
    }
    assert dispatch.unbound == ()
    assert dispatch.unbound_seconds == 0.0


def test_a_worker_that_asks_gets_its_next_unit_only_then() -> None:
    dispatch, _ = _started("w1", "w2")
    dispatch.finish("w2", 6, 1.0)
    assert dispatch.decide("w2") == Step()
    assert [unit.name for unit in dispatch.unbound] == ["c"]
    assert dispatch.unbound_seconds == 1.0
    dispatch.ask("w2")
    assert dispatch.decide("w2") == Step((8,))


def test_any_other_worker_gets_it_ahead_of_its_last_test() -> None:
    dispatch, steps = _started("w1", "w2", asks=False)
    assert steps["w2"] == Step((6, 7))
    dispatch.finish("w2", 6, 1.0)
    assert dispatch.decide("w2") == Step((8,))
    dispatch.finish("w2", 7, 1.0)
    assert dispatch.decide("w2") == Step(end=True)
    dispatch.finish("w2", 8, 1.0)
    assert dispatch.decide("w2") == Step()


def test_what_a_dead_worker_left_goes_first_without_what_it_was_running() -> None:
    dispatch, _ = _started("w1", "w2")
    dispatch.finish("w1", 0, 1.0)
    assert dispatch.leave("w1") == 1
    assert "w1" not in dispatch
    assert dispatch.unbound[0] == Unit("a", (2, 3, 4, 5), 4.0)
    assert dispatch.unbound_seconds == 5.0


def test_a_dead_worker_leaves_the_unit_that_it_held_as_well() -> None:
    dispatch: Dispatch[str] = Dispatch((_UNITS[2], *_UNITS[:2]))
    dispatch.join("w1", asks=False)
    assert dispatch.decide("w1") == Step((8, 0, 1, 2))
    assert dispatch.leave("w1") == 8
    assert dispatch.unbound == _UNITS[:2]


def test_a_worker_that_has_ended_was_running_nothing() -> None:
    dispatch, _ = _started("w1", "w2", "w3", "w4")
    assert dispatch.leave("w4") is None


def test_a_given_up_test_runs_again_before_what_is_left_of_its_unit() -> None:
    dispatch, _ = _started("w1")
    dispatch.finish("w1", 0, 1.0)
    assert dispatch.leave("w1") == 1
    dispatch.restore(1)
    assert dispatch.unbound[0] == Unit("a", (1, 2, 3, 4, 5), 5.0)
    dispatch.join("w2", asks=True)
    dispatch.decide("w2")
    dispatch.restore(0)
    assert [unit.tests for unit in dispatch.unbound] == [(0,), (6, 7), (8,)]


def test_a_retiring_worker_finishes_its_unit_and_ends() -> None:
    dispatch, _ = _started("w1", "w2")
    assert dispatch.retire("w2")
    assert dispatch.is_retiring("w2")
    assert not dispatch.is_retiring("w1")
    assert dispatch.decide("w2") == Step()
    dispatch.finish("w2", 6, 1.0)
    assert dispatch.decide("w2") == Step()
    dispatch.ask("w2")
    assert dispatch.decide("w2") == Step(end=True)


def test_the_last_worker_retires_only_when_nothing_is_left() -> None:
    dispatch, _ = _started("w1", "w2")
    assert dispatch.retire("w1")
    assert not dispatch.retire("w2")
    dispatch.finish("w2", 6, 1.0)
    dispatch.ask("w2")
    dispatch.decide("w2")
    assert dispatch.retire("w2")


def test_a_run_is_nearly_done_when_each_worker_has_one_test_at_most() -> None:
    dispatch, _ = _started("w1", "w2", "w3")
    for test in range(5):
        dispatch.finish("w1", test, 1.0)
        dispatch.decide("w1")
    seen = [(dispatch.is_nearly_done, dispatch.has_unfinished)]
    for worker, test in (("w2", 6), ("w1", 5), ("w2", 7), ("w3", 8)):
        dispatch.finish(worker, test, 1.0)
        seen.append((dispatch.is_nearly_done, dispatch.has_unfinished))
    assert seen == [(False, True), (True, True), (True, True), (True, True), (True, False)]
