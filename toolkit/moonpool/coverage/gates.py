"""Judges coverage: is it enough, and what would make it so. Pure; percentages are not rounded.

Only a project's own `fail_under` is compared as coverage.py compares it, rounded to the precision
that the project asks for.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.coverage.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moonpool.coverage.numbers import FileNumbers, ProjectNumbers

__all__ = ["Floor", "Former", "State", "Verdict", "at_least", "not_worse", "unknown"]


class State(enum.StrEnum):
    """What a gate found."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """One gate's answer about ``subject``; ``files`` are those whose lines would satisfy it."""

    gate: str
    subject: str
    state: State
    sentence: str
    files: tuple[FileNumbers, ...] = ()


@dataclass(frozen=True)
class Floor:
    """The least percentage; ``precision`` is set where coverage.py's rounding applies."""

    percent: float
    precision: int | None = None

    def admits(self, numbers: Numbers) -> bool:
        """Whether the numbers reach the floor."""
        if self.precision is None or self.percent == 100:
            return numbers.percent >= self.percent
        return round(numbers.percent, self.precision) >= self.percent


@dataclass(frozen=True)
class Former:
    """What a project had when its baseline was written; ``files`` are uncovered counts by path."""

    percent: float
    uncovered: int
    files: Mapping[str, int]


def at_least(gate: str, subject: str, files: Sequence[FileNumbers], floor: Floor) -> Verdict:
    """Judge the sum over ``files`` against a least percentage."""
    numbers = sum((file.numbers for file in files), Numbers())
    found, wanted = _text(numbers.percent), _text(floor.percent)
    if floor.admits(numbers):
        sentence = f"{found} %, expected at least {wanted} %"
        return Verdict(gate, subject, State.PASSED, sentence)
    needed = _needed(numbers, floor)
    sentence = (
        f"{found} %, expected at least {wanted} %: "
        f"{needed} more of {_possible(numbers)} lines and branches would do"
    )
    return Verdict(gate, subject, State.FAILED, sentence, _enough(files, needed))


def not_worse(project: ProjectNumbers, before: Former, tolerance: float) -> Verdict:
    """Judge a project against its baseline.

    Covered code that was removed makes the percentage fall and nothing worse, so it fails only
    when more than before is uncovered, too.
    """
    numbers = project.numbers
    left = uncovered(numbers)
    sentence = (
        f"{_text(numbers.percent)} % with {left} uncovered, "
        f"before {_text(before.percent)} % with {before.uncovered}"
    )
    if numbers.percent >= before.percent - tolerance or left <= before.uncovered:
        return Verdict("ratchet", project.id, State.PASSED, sentence)
    worse = [
        file for file in project.files if uncovered(file.numbers) > before.files.get(file.path, 0)
    ]
    needed = min(left - before.uncovered, _needed(numbers, Floor(before.percent - tolerance)))
    return Verdict("ratchet", project.id, State.FAILED, sentence, _enough(worse, needed))


def unknown(gate: str, subject: str, why: str) -> Verdict:
    """Return the verdict on what cannot be judged."""
    return Verdict(gate, subject, State.UNKNOWN, why)


def uncovered(numbers: Numbers) -> int:
    """Return how many lines and branches did not run."""
    return numbers.missing + numbers.missing_branches


def _possible(numbers: Numbers) -> int:
    return numbers.statements + numbers.branches


def _needed(numbers: Numbers, floor: Floor) -> int:
    # Rounding admits half a unit of the last digit less.
    slack = 0.0 if floor.precision is None else 0.5 * 10.0**-floor.precision
    least = floor.percent if floor.percent == 100 else floor.percent - slack
    ran = _possible(numbers) - uncovered(numbers)
    return max(1, math.ceil(least * _possible(numbers) / 100 - ran - 1e-9))


def _enough(files: Sequence[FileNumbers], needed: int) -> tuple[FileNumbers, ...]:
    """Return the fewest files whose uncovered lines and branches are as many as needed."""
    chosen = []
    for file in sorted(files, key=lambda file: (-uncovered(file.numbers), file.path)):
        if needed <= 0:
            break
        chosen.append(file)
        needed -= uncovered(file.numbers)
    return tuple(chosen)


def _text(percent: float) -> str:
    # Rounded down, so that nobody reads `95` where it fails by a hair.
    return f"{math.floor(percent * 100 + 1e-6) / 100:.2f}".rstrip("0").rstrip(".")
