"""What did not run, as people read it: ``3-5, 9, 12->14, 20->exit, 25 (2 branches)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from moonpool.coverage.executed import Arc

__all__ = ["missing_text"]


def missing_text(
    ran: Iterable[int],
    missing: Sequence[int],
    arcs: Iterable[Arc] = (),
    untaken: Mapping[int, int] | None = None,
) -> str:
    """Return the missing lines as ranges, with the jumps that were never taken among them.

    A range goes on over lines that hold no statement, and a jump is left out where one of its ends
    is missing anyhow, as in coverage.py's own report. ``untaken`` counts by line the branches of
    which it is not known where they lead.
    """
    absent = set(missing)
    parts = _ranges(sorted({*ran, *absent}), absent)
    parts += [
        (start, f"{start}->{end if end > 0 else 'exit'}")
        for start, end in sorted(arcs)
        if start not in absent and end not in absent
    ]
    parts += [
        (line, f"{line} ({_branches(count)})")
        for line, count in (untaken or {}).items()
        if line not in absent
    ]
    return ", ".join(text for _, text in sorted(parts))


def _branches(count: int) -> str:
    return "1 branch" if count == 1 else f"{count} branches"


def _ranges(statements: Sequence[int], absent: set[int]) -> list[tuple[int, str]]:
    ranges: list[list[int]] = []
    adjoining = False
    for line in statements:
        if line in absent:
            if adjoining:
                ranges[-1][1] = line
            else:
                ranges.append([line, line])
        adjoining = line in absent
    return [(first, f"{first}-{last}" if last > first else f"{first}") for first, last in ranges]
