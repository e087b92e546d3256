"""The lcov report: coverage.py's records of each project, then those of other tools' files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.coverage.foreign import record
from moonpool.coverage.reports.render import rendered
from moonpool.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from coverage import Coverage

    from moonpool.coverage.report import Report

__all__ = ["write"]


def write(folder: Path, report: Report) -> Path:
    """Write ``lcov.info`` with the workspace's file names."""
    path = folder / "lcov.info"
    texts = [_slashed(text) for text in rendered(report.analysed, _render)]
    for share in report.foreign:
        texts += [record(name, counts) for name, counts in share.files.items()]
    write_whole(path, "".join(texts))
    return path


def _render(coverage: Coverage, target: str) -> None:
    coverage.lcov_report(outfile=target, ignore_errors=True)


def _slashed(text: str) -> str:
    return re.sub(r"^SF:.*$", lambda match: match[0].replace("\\", "/"), text, flags=re.MULTILINE)
