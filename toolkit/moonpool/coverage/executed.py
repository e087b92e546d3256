"""What ran: the lines or arcs of each file by context, as plain values that can be united.

Statement data keeps one integer per file and context whose bit n stands for line n, which is what
coverage.py stores; branch data keeps sets of arcs. An arc from a line to itself means that the line
ran and that where it went is unknown; coverage.py reads it so since 7.10.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["Arc", "Executed", "FileRun", "line_numbers", "rename", "unite"]

Arc = tuple[int, int]


@dataclass(frozen=True)
class FileRun:
    """What ran of one file, by context; a file that never ran has neither lines nor arcs."""

    # The coverage.py plugin that reads the file; "" for Python itself.
    tracer: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    arcs: Mapping[str, frozenset[Arc]] = field(default_factory=dict)


@dataclass(frozen=True)
class Executed:
    """All files of one data file: either all with arcs (``branches``) or all with lines."""

    branches: bool
    files: Mapping[str, FileRun]


def unite(parts: Sequence[Executed], *, branches: bool | None = None) -> Executed:
    """Return what ran in any of ``parts``.

    Without ``branches`` the result has arcs when any part has. Lines become arcs to themselves, so
    that they count as run and prove no branch; arcs become the lines they touch.
    """
    wanted = any(part.branches for part in parts) if branches is None else branches
    runs: dict[str, list[FileRun]] = {}
    for part in parts:
        for path, run in part.files.items():
            runs.setdefault(path, []).append(_converted(run, wanted))
    return Executed(wanted, {path: _united_runs(runs[path]) for path in sorted(runs)})


def rename(executed: Executed, name: Callable[[str], str | None]) -> tuple[Executed, int]:
    """Return the files under new names, and how many were left out because ``name`` gave None.

    Files that come to share a name are united.
    """
    renamed: dict[str, list[FileRun]] = {}
    left_out = 0
    for path, run in executed.files.items():
        new = name(path)
        if new is None:
            left_out += 1
        else:
            renamed.setdefault(new, []).append(run)
    files = {path: _united_runs(renamed[path]) for path in sorted(renamed)}
    return Executed(executed.branches, files), left_out


def line_numbers(bits: int) -> list[int]:
    """Return the lines that ``bits`` stands for, in ascending order."""
    lines = []
    while bits:
        lowest = bits & -bits
        lines.append(lowest.bit_length() - 1)
        bits ^= lowest
    return lines


def _converted(run: FileRun, branches: bool) -> FileRun:
    if branches and run.lines:
        loops = {
            context: frozenset((line, line) for line in line_numbers(bits))
            for context, bits in run.lines.items()
        }
        return FileRun(run.tracer, arcs=loops)
    if not branches and run.arcs:
        bits = {context: _line_bits(arcs) for context, arcs in run.arcs.items()}
        return FileRun(run.tracer, lines=bits)
    return run


def _line_bits(arcs: Iterable[Arc]) -> int:
    # A negative end marks the entry or exit of a block, which is no line.
    lines = {line for arc in arcs for line in arc if line > 0}
    bits = 0
    for line in lines:
        bits |= 1 << line
    return bits


def _united_runs(runs: Sequence[FileRun]) -> FileRun:
    if len(runs) == 1:
        return runs[0]
    lines: dict[str, int] = {}
    arcs: dict[str, set[Arc]] = {}
    for run in runs:
        for context, bits in run.lines.items():
            lines[context] = lines.get(context, 0) | bits
        for context, some in run.arcs.items():
            arcs.setdefault(context, set()).update(some)
    tracer = max(run.tracer for run in runs)
    return FileRun(tracer, lines, {context: frozenset(some) for context, some in arcs.items()})
