"""lcov's tracefiles: read into counts, and written from them.

Read are the records of lines (``DA``) and branches (``BRDA``) of each file (``SF``); functions,
sums and names of tests are passed over, as is what a later lcov may add (geninfo(1), "FILES").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.foreign.error import InputError
from moonpool.coverage.foreign.hits import HitCounts, total

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["looks_like_lcov", "parse_lcov", "record"]

_END = "end_of_record"


def looks_like_lcov(text: str) -> bool:
    """Whether a text begins as a tracefile does."""
    first = next((line for line in text.splitlines() if line.strip() and line[0] != "#"), "")
    return first.startswith(("TN:", "SF:"))


def parse_lcov(text: str) -> dict[str, HitCounts]:
    """Return what a tracefile counts, by the name that it gives each file.

    Several records of one file are summed. Raises InputError with the number of the line that
    cannot be read.
    """
    parts: dict[str, list[HitCounts]] = {}
    for name, counts in _records(text):
        parts.setdefault(name, []).append(counts)
    return {name: total(counts) for name, counts in parts.items()}


def _records(text: str) -> Iterator[tuple[str, HitCounts]]:
    name = None
    lines: dict[int, int] = {}
    branches: dict[int, dict[str, int]] = {}
    for number, entry in enumerate(text.splitlines(), 1):
        kind, _, value = entry.strip().partition(":")
        if kind == "SF" and name is None:
            name, lines, branches = value, {}, {}
        elif kind == _END and name is not None:
            yield name, HitCounts(lines, branches)
            name = None
        elif kind == "SF":
            break
        elif kind in ("DA", "BRDA"):
            try:
                assert name is not None
                _ADD[kind](value, lines, branches)
            except (AssertionError, ValueError):
                raise InputError(f"cannot be read: line {number} is `{entry:.60}`") from None
    if name is not None:
        raise InputError(f"is cut off: the record of `{name}` has no `{_END}`")


def _add_line(value: str, lines: dict[int, int], _branches: dict[int, dict[str, int]]) -> None:
    # A checksum of the line may follow.
    line, hits = map(int, value.split(",")[:2])
    # Some tools write counts that overflowed.
    lines[line] = lines.get(line, 0) + max(hits, 0)


def _add_branch(value: str, _lines: dict[int, int], branches: dict[int, dict[str, int]]) -> None:
    # Block and branch together are the name; the branch may be a text with commas.
    line, _, rest = value.partition(",")
    name, _, taken = rest.rpartition(",")
    if "," not in name:
        raise ValueError(value)
    # A dash says that the line never ran.
    hits = 0 if taken == "-" else max(int(taken), 0)
    known = branches.setdefault(int(line), {})
    known[name] = known.get(name, 0) + hits


_ADD = {"DA": _add_line, "BRDA": _add_branch}


def record(path: str, counts: HitCounts) -> str:
    """Return the record of one file, in the order in which coverage.py writes it."""
    numbers = counts.numbers
    entries = [f"SF:{path}"]
    entries += [f"DA:{line},{hits}" for line, hits in sorted(counts.lines.items())]
    entries += [f"LF:{numbers.statements}", f"LH:{numbers.statements - numbers.missing}"]
    for line, taken in sorted(counts.branches.items()):
        never = "0" if counts.lines.get(line, 1) else "-"
        entries += [f"BRDA:{line},{name},{hits or never}" for name, hits in taken.items()]
    if counts.branches:
        covered = numbers.branches - numbers.missing_branches
        entries += [f"BRF:{numbers.branches}", f"BRH:{covered}"]
    return "\n".join([*entries, _END, ""])
