"""How well a run used its workers, in the words that stand at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.schedule.bound import Binding, lower_bound
from moonpool.schedule.unit import Unit
from moonpool.units import format_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["verdict"]

# A file that is the bound by less than this is no better cut in two.
_WORTH_SPLITTING = 1.1


def verdict(
    file_seconds: Mapping[str, float], *, tests: int, workers: int, seconds: float
) -> tuple[str, ...]:
    """Return a sentence about a run, and one of advice if a single file kept it from ending.

    ``seconds`` lie between the start of its first test and the end of its last one.
    """
    units = [Unit(name, (number,), file_seconds[name]) for number, name in enumerate(file_seconds)]
    bound = lower_bound(units, workers)
    share = min(1.0, bound.seconds / seconds) if seconds > 0 else 1.0
    where = f": {bound.unit}" if bound.unit else ""
    sentence = (
        f"{tests} tests in {format_seconds(seconds)} on {workers} workers, {share * 100:.0f} % of "
        f"what this work allows (bound {format_seconds(bound.seconds)}{where})"
    )
    if bound.binding is not Binding.LONGEST:
        return (sentence,)
    return (sentence, *_advice(units, workers, bound.seconds))


def _advice(units: list[Unit], workers: int, seconds: float) -> tuple[str, ...]:
    longest = max(units, key=lambda unit: unit.seconds)
    half = Unit(longest.name, longest.tests, longest.seconds / 2)
    better = lower_bound([half, half, *(unit for unit in units if unit is not longest)], workers)
    if seconds < better.seconds * _WORTH_SPLITTING:
        return ()
    advice = f"no number of workers makes this shorter than `{longest.name}`: cut in two files it"
    return (f"{advice} would take {format_seconds(better.seconds)}",)
