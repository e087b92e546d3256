"""Which parts of a project's tests data are of, and what is lacking when parts come together.

A part is a shard such as `2/3`, or ``SOME`` tests that somebody chose; no part means all tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ALL", "SOME", "Parts", "lacking_shards", "lacking_text", "united_parts"]

Parts = frozenset[str]

ALL: Parts = frozenset()
SOME = "some"


def united_parts(each: Iterable[Parts]) -> Parts:
    """Return what several data files are of together: all tests where one is, or no shard lacks."""
    found = list(each)
    together = ALL.union(*found)
    all_shards = any(not numbers for numbers in lacking_shards(together).values())
    return ALL if all_shards or not all(found) else together


def lacking_shards(parts: Parts) -> dict[int, list[int]]:
    """Return the numbers of the shards that are not among ``parts``, by how many there are."""
    present: dict[int, set[int]] = {}
    for part in parts - {SOME}:
        number, _, count = part.partition("/")
        present.setdefault(int(count), set()).add(int(number))
    return {count: sorted(set(range(1, count + 1)) - present[count]) for count in sorted(present)}


def lacking_text(parts: Parts) -> str:
    """Return what is lacking, for people: `without shard 2 of 3`; empty for all tests."""
    texts = [
        f"without {_named(numbers)} of {count}" for count, numbers in lacking_shards(parts).items()
    ]
    return " and ".join(texts) or ("only some of its tests ran" if parts else "")


def _named(numbers: list[int]) -> str:
    word = "shard" if len(numbers) == 1 else "shards"
    return f"{word} {', '.join(map(str, numbers))}"
