"""The Cobertura report: the packages of all projects in one document, and their sums.

Its only source root is the workspace's, so that file names are what version control calls them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from moonpool.coverage.reports.packages import document, rate
from moonpool.coverage.reports.render import rendered
from moonpool.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from coverage import Coverage

    from moonpool.coverage.report import Report

__all__ = ["write"]


def write(folder: Path, report: Report) -> Path:
    """Write ``coverage.xml`` with the workspace's file names."""
    # The texts are coverage.py's own, written a moment ago.
    documents = [ElementTree.fromstring(text) for text in rendered(report.analysed, _render)]  # noqa: S314
    documents += [document(share) for share in report.foreign]
    united = _united(documents, branches=report.numbers.branches)
    ElementTree.indent(united, space="\t")
    path = folder / "coverage.xml"
    write_whole(
        path, '<?xml version="1.0" ?>\n' + ElementTree.tostring(united, encoding="unicode") + "\n"
    )
    return path


def _render(coverage: Coverage, target: str) -> None:
    coverage.xml_report(outfile=target, ignore_errors=True)


def _united(documents: Sequence[ElementTree.Element], *, branches: bool) -> ElementTree.Element:
    root = ElementTree.Element("coverage", _attributes(documents, branches))
    ElementTree.SubElement(ElementTree.SubElement(root, "sources"), "source").text = "."
    packages = ElementTree.SubElement(root, "packages")
    found = [package for document in documents for package in document.iterfind("packages/package")]
    packages.extend(sorted(found, key=lambda package: package.get("name", "")))
    return root


def _attributes(documents: Sequence[ElementTree.Element], branches: bool) -> dict[str, str]:
    sums = {
        name: sum(int(document.get(name, "0")) for document in documents)
        for name in ("lines-valid", "lines-covered", "branches-valid", "branches-covered")
    }
    stamps = [document.get("timestamp", "0") for document in documents]
    branch_rate = rate(sums["branches-covered"], sums["branches-valid"])
    return {
        "version": documents[0].get("version", "") if documents else "",
        "timestamp": max(stamps, default="0"),
        "lines-valid": str(sums["lines-valid"]),
        "lines-covered": str(sums["lines-covered"]),
        "line-rate": rate(sums["lines-covered"], sums["lines-valid"]),
        "branches-valid": str(sums["branches-valid"]),
        "branches-covered": str(sums["branches-covered"]),
        "branch-rate": branch_rate if branches else "0",
        "complexity": "0",
    }
