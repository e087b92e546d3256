"""The report formats by name, and the one place that writes those that are files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.reports import html, json, lcov, markdown, xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from moonpool.coverage.report import Report

    Writer = Callable[[Path, Report], Path]

__all__ = ["FILE_FORMATS", "FORMATS", "write_reports"]

# Each writer takes the folder and returns the file that a person would open.
FILE_FORMATS: Mapping[str, Writer] = {
    "xml": xml.write,
    "html": html.write,
    "lcov": lcov.write,
    "json": json.write,
    "markdown": markdown.write,
}

# Those of the terminal are printed by the command.
FORMATS = ("term", "term-missing", *FILE_FORMATS)


def write_reports(formats: Iterable[str], folder: Path, report: Report) -> dict[str, Path]:
    """Write those of ``formats`` that are files and return where each lies."""
    return {name: FILE_FORMATS[name](folder, report) for name in formats if name in FILE_FORMATS}
