"""How often the lines and branches of one file ran, as another tool counted them.

Where a branch leads to is not known, only the line in which it begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moonpool.coverage.missing import missing_text
from moonpool.coverage.numbers import FileNumbers, Numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["HitCounts", "file_numbers", "total"]


@dataclass(frozen=True)
class HitCounts:
    """The hits of each line, and by line the hits of each branch that begins there.

    ``named`` is whether the names of branches are the tool's own. Otherwise only their number is
    known, and the names are made up.
    """

    lines: Mapping[int, int]
    branches: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    named: bool = True

    @property
    def missing(self) -> list[int]:
        """The lines that never ran, in order."""
        return sorted(line for line, hits in self.lines.items() if not hits)

    @property
    def ran(self) -> list[int]:
        """The lines that ran, in order."""
        return sorted(line for line, hits in self.lines.items() if hits)

    @property
    def last_line(self) -> int:
        """The last line of which anything is known."""
        return max((*self.lines, *self.branches), default=0)

    @property
    def untaken(self) -> dict[int, int]:
        """How many branches were never taken, by line; lines without any are left out."""
        counts = {line: list(taken.values()).count(0) for line, taken in self.branches.items()}
        return {line: count for line, count in sorted(counts.items()) if count}

    @property
    def numbers(self) -> Numbers:
        """The counts as coverage.py counts them."""
        missing, untaken = self.missing, self.untaken
        return Numbers(
            statements=len(self.lines),
            missing=len(missing),
            branches=sum(map(len, self.branches.values())),
            partial=len(untaken.keys() - {*missing}),
            missing_branches=sum(untaken.values()),
        )

    def cut(self, lines: Collection[int]) -> HitCounts:
        """Return what is known of some lines alone."""
        return HitCounts(
            {line: hits for line, hits in self.lines.items() if line in lines},
            {line: taken for line, taken in self.branches.items() if line in lines},
            self.named,
        )


def file_numbers(path: str, counts: HitCounts) -> FileNumbers:
    """Return a file's numbers and what did not run of it."""
    text = missing_text(counts.ran, counts.missing, (), counts.untaken)
    return FileNumbers(path, counts.numbers, text)


def total(parts: Sequence[HitCounts]) -> HitCounts:
    """Return the sum of what several runs or tools counted of one file.

    Branches whose names are made up cannot be told from those of others: they count only where
    nobody names the file's branches, and as the most that any of the parts took.
    """
    lines: dict[int, int] = {}
    for part in parts:
        for line, hits in part.lines.items():
            lines[line] = lines.get(line, 0) + hits
    naming = [part for part in parts if part.named and part.branches]
    branches: dict[int, dict[str, int]] = {}
    for part in naming or parts:
        for line, taken in part.branches.items():
            known = branches.setdefault(line, {})
            for name, hits in taken.items():
                known[name] = known.get(name, 0) + hits
    return HitCounts(lines, branches, named=bool(naming) or all(part.named for part in parts))
