"""The numbers of changed lines: a report's files cut down to the lines that a change touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.coverage.foreign import file_numbers
from moonpool.coverage.missing import missing_text
from moonpool.coverage.numbers import FileNumbers, Numbers
from moonpool.coverage.statements import statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from moonpool.coverage.report import Report

__all__ = ["changed_numbers", "uncovered_ranges"]


def changed_numbers(
    report: Report, changes: Mapping[str, frozenset[int]], root: Path
) -> tuple[FileNumbers, ...]:
    """Return the numbers of each changed file, of its changed statements and their branches."""
    found = sorted(_changed(report, changes, root), key=lambda file: file.path)
    return tuple(file for file in found if file.numbers.statements or file.numbers.branches)


def _changed(
    report: Report, changes: Mapping[str, frozenset[int]], root: Path
) -> Iterator[FileNumbers]:
    for entry in report.analysed:
        for path, record in entry.record["files"].items():
            if path in changes:
                source = (root / path).read_text(encoding="utf-8", errors="replace")
                yield _file(path, record, statements_of(source, changes[path]))
    for share in report.foreign:
        for path, counts in share.files.items():
            if path in changes:
                yield file_numbers(path, counts.cut(changes[path]))


def _file(path: str, record: dict[str, Any], lines: set[int]) -> FileNumbers:
    missing = lines.intersection(record["missing_lines"])
    ran = lines.intersection(record["executed_lines"]) - {*record["excluded_lines"]}
    taken, untaken = (
        [(start, end) for start, end in record.get(key, ()) if start in lines]
        for key in ("executed_branches", "missing_branches")
    )
    numbers = Numbers(
        statements=len(ran) + len(missing),
        missing=len(missing),
        branches=len(taken) + len(untaken),
        partial=len({start for start, _ in untaken} - missing),
        missing_branches=len(untaken),
    )
    return FileNumbers(path, numbers, missing_text(ran, sorted(missing), untaken))


def uncovered_ranges(missing: str) -> list[tuple[int, int, str]]:
    """Return first line, last line and text of each part of what did not run, for annotations."""
    parts = []
    for part in filter(None, missing.split(", ")):
        if "->" in part:
            start = int(part.partition("->")[0])
            parts.append((start, start, f"the jump {part} was never taken"))
        elif "(" in part:
            line, _, branches = part.rstrip(")").partition(" (")
            parts.append((int(line), int(line), f"{branches} never taken"))
        else:
            first, _, last = part.partition("-")
            parts.append((int(first), int(last or first), "never run by a test"))
    return parts
