"""The forms in which the workspace's coverage is reported, one module each."""

from __future__ import annotations

from moonpool.coverage.reports.formats import FILE_FORMATS, FORMATS, write_reports
from moonpool.coverage.reports.json import summary
from moonpool.coverage.reports.term import table

__all__ = ["FILE_FORMATS", "FORMATS", "summary", "table", "write_reports"]
