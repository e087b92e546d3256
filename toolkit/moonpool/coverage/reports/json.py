"""The JSON report: coverage.py's own format, all projects' files in one object.

Beside coverage.py's keys it has ``projects``, with each project's files left out but its summary
and, where something is wrong with its data, a note. Files of other tools have no branches in it
but in their summaries, since it is not known where those lead.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moonpool.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from moonpool.coverage.foreign import HitCounts
    from moonpool.coverage.numbers import Numbers
    from moonpool.coverage.report import Report

__all__ = ["summary", "write"]


def write(folder: Path, report: Report) -> Path:
    """Write ``coverage.json`` with the workspace's file names."""
    path = folder / "coverage.json"
    write_whole(path, json.dumps(_content(report), indent=1) + "\n")
    return path


def _content(report: Report) -> dict[str, Any]:
    numbers = report.numbers
    records = [analysed.record for analysed in report.analysed]
    files = {name: file for record in records for name, file in record["files"].items()}
    for share in report.foreign:
        files |= {name: _file(counts, numbers.precision) for name, counts in share.files.items()}
    metas: list[dict[str, Any]] = [record["meta"] for record in records if "meta" in record]
    return {
        "meta": {**(metas[0] if metas else {}), "branch_coverage": numbers.branches},
        "files": {name: files[name] for name in sorted(files)},
        "totals": summary(numbers.total, numbers.precision),
        "projects": {
            project.id: {
                "source": project.source,
                "note": project.note,
                "summary": summary(project.numbers, numbers.precision)
                if project.measured
                else None,
            }
            for project in numbers.projects
        },
    }


def _file(counts: HitCounts, precision: int) -> dict[str, Any]:
    return {
        "executed_lines": counts.ran,
        "summary": summary(counts.numbers, precision),
        "missing_lines": counts.missing,
        "excluded_lines": [],
    }


def summary(counts: Numbers, precision: int) -> dict[str, Any]:
    """Return counts under the names that coverage.py's JSON gives them."""
    return {
        "covered_lines": counts.statements - counts.missing,
        "num_statements": counts.statements,
        "percent_covered": counts.percent,
        "percent_covered_display": counts.percent_text(precision),
        "missing_lines": counts.missing,
        "excluded_lines": counts.excluded,
        "num_branches": counts.branches,
        "num_partial_branches": counts.partial,
        "covered_branches": counts.branches - counts.missing_branches,
        "missing_branches": counts.missing_branches,
    }
