from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.schedule import Binding, Unit
from moonpool.schedule.outlook import deal, foresee


def _files(*seconds: float) -> list[Unit]:
    return [Unit(f"{number}.py", (number,), each) for number, each in enumerate(seconds)]


def test_one_machine_takes_what_its_workers_need() -> None:
    outlook = foresee(_files(4.0, 3.0, 2.0, 1.0), workers=2)
    assert (outlook.machines, outlook.workers, outlook.seconds) == (1, 2, 5.0)
    assert (outlook.bound.seconds, outlook.bound.binding) == (5.0, Binding.WORK)


def test_several_machines_take_as_long_as_the_slowest_of_them() -> None:
    outlook = foresee(_files(6.0, 2.0, 2.0, 2.0), workers=2, machines=2)
    assert outlook.seconds == 6.0
    assert outlook.bound.unit == "0.py"


def test_the_longest_files_go_to_different_machines() -> None:
    dealt = deal(_files(5.0, 4.0, 3.0, 1.0), 2)
    assert [[unit.seconds for unit in own] for own in dealt] == [[5.0, 1.0], [4.0, 3.0]]


def test_a_machine_without_files_takes_no_time() -> None:
    assert foresee(_files(1.0), workers=1, machines=3).seconds == 1.0


def test_no_machine_is_an_error() -> None:
    with pytest.raises(ValueError, match="found 0 machines, expected at least 1"):
        deal(_files(1.0), 0)


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=12), st.integers(1, 4), st.integers(1, 4))
def test_every_file_is_dealt_once_and_no_outlook_beats_its_bound(
    seconds: list[float], workers: int, machines: int
) -> None:
    units = _files(*seconds)
    dealt = deal(units, machines)
    assert sorted(unit.name for own in dealt for unit in own) == sorted(u.name for u in units)
    outlook = foresee(units, workers, machines)
    assert outlook.seconds >= outlook.bound.seconds * (1 - 1e-9)
