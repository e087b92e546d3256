"""Files cut into parts where whole ones would leave workers idle: for tests that share no state.

No file is cut while whole ones can be shared out evenly, and none finer than that takes, since each
part sets the fixtures of its module up again. Classes stay whole unless they are too long.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from moonpool.schedule.order import longest_first
from moonpool.schedule.simulate import simulate
from moonpool.schedule.unit import Unit, file_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["split_units"]

# The longest part, as a fraction of one worker's share of all work: coarse cuts are tried first.
_FRACTIONS = (1.0, 0.5, 0.25)

# Nothing is cut any finer to win less than this.
_EVEN_ENOUGH = 1.05


def split_units(units: Sequence[Unit], collection: Sequence[str], workers: int) -> tuple[Unit, ...]:
    """Return the units, those of long files cut, so that ``workers`` workers end together.

    Only a unit that is named after its file is cut; a group that somebody named stays whole. Raises
    ValueError when there is no worker.
    """
    best, seconds = tuple(units), _makespan(units, workers)
    share = sum(unit.seconds for unit in units) / workers
    for fraction in _FRACTIONS:
        if seconds <= share * _EVEN_ENOUGH:
            break
        parts = tuple(part for unit in units for part in _cut(unit, collection, share * fraction))
        if (shorter := _makespan(parts, workers)) < seconds:
            best, seconds = parts, shorter
    return best


def _makespan(units: Sequence[Unit], workers: int) -> float:
    whole = [unit._replace(tests=(number,)) for number, unit in enumerate(longest_first(units))]
    return simulate(whole, workers).seconds


def _cut(unit: Unit, collection: Sequence[str], longest: float) -> Iterator[Unit]:
    if unit.seconds <= longest or unit.name != file_of(collection[unit.tests[0]]):
        yield unit
        return
    target = unit.seconds / math.ceil(unit.seconds / longest)
    parts = [tests for tests in _parts(unit, collection, longest, target) if tests]
    for number, tests in enumerate(parts, start=1):
        part = unit.only(tests)
        yield part._replace(name=f"{unit.name} ({number} of {len(parts)})")


def _parts(
    unit: Unit, collection: Sequence[str], longest: float, target: float
) -> Iterator[tuple[int, ...]]:
    """Yield the tests of each part: the pieces whose middles lie in the same stretch of time."""
    part, stretch, begin = list[int](), 0, 0.0
    for piece in _pieces(unit, collection, longest):
        seconds = unit.only(piece).seconds
        middle = int((begin + seconds / 2) / target)
        if middle != stretch:
            yield tuple(part)
            part, stretch = [], middle
        part.extend(piece)
        begin += seconds
    yield tuple(part)


def _pieces(unit: Unit, collection: Sequence[str], longest: float) -> Iterator[tuple[int, ...]]:
    """Yield what is not cut: a class that is short enough, and each other test by itself."""
    for name, found in groupby(unit.tests, key=lambda test: _class_of(collection[test])):
        tests = tuple(found)
        if name and unit.only(tests).seconds <= longest:
            yield tests
        else:
            yield from ((test,) for test in tests)


def _class_of(node_id: str) -> str:
    # A parameter may hold colons of its own.
    _, _, inside = node_id.partition("[")[0].partition("::")
    return inside.rpartition("::")[0]
