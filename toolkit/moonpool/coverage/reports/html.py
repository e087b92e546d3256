"""The HTML report: projects first, below them coverage.py's own pages and those of other files."""

from __future__ import annotations

import shutil
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from moonpool.coverage.reports.markup import blank_row, page, row, table
from moonpool.coverage.reports.render import quiet
from moonpool.coverage.reports.source_pages import write_pages
from moonpool.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from coverage import Coverage

    from moonpool.coverage.numbers import ProjectNumbers, WorkspaceNumbers
    from moonpool.coverage.report import Report

__all__ = ["write"]


def write(folder: Path, report: Report) -> Path:
    """Write ``html/index.html`` and folders of pages for each project."""
    root = folder / "html"
    reported = [analysed for analysed in report.analysed if analysed.record["files"]]
    own = {analysed.project.id: _page_folder(analysed.project.id) for analysed in reported}
    other = {share.project.id: _other_folder(share.project.id) for share in report.foreign}
    _remove_others(root, {*own.values(), *other.values()})
    for analysed in reported:
        analysed.coverage.set_option("html:title", f"Coverage of {analysed.project.id}")
        quiet(_render, analysed.coverage, str(root / own[analysed.project.id]))
    for share in report.foreign:
        write_pages(root / other[share.project.id], share, report.numbers.precision)
    path = root / "index.html"
    links = {
        project.id: [pages[project.id] for pages in (own, other) if project.id in pages]
        for project in report.numbers.projects
    }
    write_whole(path, _index(report.numbers, links))
    return path


def _render(coverage: Coverage, target: str) -> None:
    coverage.html_report(directory=target, ignore_errors=True)


def _page_folder(project_id: str) -> str:
    return quote(project_id, safe="").replace("%", "~")


def _other_folder(project_id: str) -> str:
    # No id has a tilde, and behind ours stand two digits.
    return f"{_page_folder(project_id)}~other"


def _remove_others(root: Path, current: set[str]) -> None:
    for path in root.glob("*/"):
        if path.name not in current:
            shutil.rmtree(path)


def _index(numbers: WorkspaceNumbers, links: dict[str, list[str]]) -> str:
    rows = [
        _project_row(project, numbers.precision, links[project.id]) for project in numbers.projects
    ]
    total = row("Total", numbers.total, numbers.branches, numbers.precision)
    title = f"Coverage: {numbers.total.percent_text(numbers.precision)}%"
    body = f"<h1>{title}</h1>\n{table('Project', rows, total)}"
    return page(title.replace("Coverage", "Coverage of the workspace"), body)


def _project_row(project: ProjectNumbers, precision: int, folders: Sequence[str]) -> str:
    name = escape(project.id)
    if folders:
        # The folder's name may hold what a URL may not.
        name = f'<a href="{quote(folders[0])}/index.html">{name}</a>'
    for folder in folders[1:]:
        name += f'<small><a href="{quote(folder)}/index.html">files of other tools</a></small>'
    if project.note:
        name += f"<small>{escape(project.note)}</small>"
    if not project.measured:
        return blank_row(name)
    return row(name, project.numbers, project.branches, precision)
