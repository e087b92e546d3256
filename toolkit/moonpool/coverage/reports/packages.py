"""Files of other tools as Cobertura's packages and classes, in the form that coverage.py writes."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from moonpool.coverage.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.coverage.foreign import ForeignShare, HitCounts

__all__ = ["document", "rate"]


def document(share: ForeignShare) -> ElementTree.Element:
    """Return a report of one project's files: a package for each folder, a class for each file."""
    folders: dict[str, dict[str, HitCounts]] = {}
    for path, counts in share.files.items():
        folders.setdefault(posixpath.dirname(path), {})[path] = counts
    numbers = sum((counts.numbers for counts in share.files.values()), Numbers())
    root = ElementTree.Element(
        "coverage",
        {
            "lines-valid": str(numbers.statements),
            "lines-covered": str(numbers.statements - numbers.missing),
            "branches-valid": str(numbers.branches),
            "branches-covered": str(numbers.branches - numbers.missing_branches),
        },
    )
    packages = ElementTree.SubElement(root, "packages")
    packages.extend(_package(folder, files) for folder, files in folders.items())
    return root


def rate(covered: int, valid: int) -> str:
    """Return a fraction that is ``0`` or ``1`` only where that is exact, as coverage.py's is."""
    if covered in (0, valid):
        return "0" if valid and not covered else "1"
    return f"{min(max(covered / valid, 0.0001), 0.9999):.4g}"


def _package(folder: str, files: Mapping[str, HitCounts]) -> ElementTree.Element:
    numbers = sum((counts.numbers for counts in files.values()), Numbers())
    name = folder.replace("/", ".") or "."
    package = ElementTree.Element("package", {"name": name, **_rates(numbers)})
    classes = ElementTree.SubElement(package, "classes")
    classes.extend(_class(path, counts) for path, counts in files.items())
    return package


def _class(path: str, counts: HitCounts) -> ElementTree.Element:
    names = {"name": posixpath.basename(path), "filename": path}
    entry = ElementTree.Element("class", {**names, **_rates(counts.numbers)})
    ElementTree.SubElement(entry, "methods")
    lines = ElementTree.SubElement(entry, "lines")
    for number in sorted({*counts.lines, *counts.branches}):
        taken = list(counts.branches.get(number, {}).values())
        # A branch may begin in a line that the tool counts no statement in.
        hits = counts.lines.get(number, max(taken, default=0))
        line = ElementTree.SubElement(lines, "line", {"number": str(number), "hits": str(hits)})
        if taken:
            covered = len(taken) - taken.count(0)
            percent = 100 * covered // len(taken)
            line.set("branch", "true")
            line.set("condition-coverage", f"{percent}% ({covered}/{len(taken)})")
    return entry


def _rates(numbers: Numbers) -> dict[str, str]:
    lines = rate(numbers.statements - numbers.missing, numbers.statements)
    branches = rate(numbers.branches - numbers.missing_branches, numbers.branches)
    return {
        "line-rate": lines,
        "branch-rate": branches if numbers.branches else "0",
        "complexity": "0",
    }
