"""The tests of a worker that collected the same ones as the others in another order.

Parameters that come from a set, or files in the order of a directory, are no reason to run nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Renumbering", "renumber"]


class Renumbering(NamedTuple):
    """For each of our positions theirs (``outward``), and for each of theirs ours (``inward``)."""

    outward: tuple[int, ...]
    inward: tuple[int, ...]


def renumber(ours: Sequence[str], theirs: Sequence[str]) -> Renumbering | None:
    """Return how positions translate between two collections; None if they differ in a test.

    A test that was collected several times is matched in the order of its occurrences.
    """
    if len(ours) != len(theirs):
        return None
    places = defaultdict[str, deque[int]](deque)
    for position, test in enumerate(theirs):
        places[test].append(position)
    outward: list[int] = []
    for test in ours:
        if not places[test]:
            return None
        outward.append(places[test].popleft())
    inward = [0] * len(outward)
    for position, their in enumerate(outward):
        inward[their] = position
    return Renumbering(tuple(outward), tuple(inward))
