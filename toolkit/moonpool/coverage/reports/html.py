"""The HTML report: projects first, below each of them coverage.py's own pages."""

from __future__ import annotations

import shutil
from html import escape
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from moonpool.coverage.reports.render import quiet
from moonpool.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from coverage import Coverage

    from moonpool.coverage.numbers import Numbers, ProjectNumbers, WorkspaceNumbers
    from moonpool.coverage.report import Report

__all__ = ["write"]


def write(folder: Path, report: Report) -> Path:
    """Write ``html/index.html`` and a folder of pages per project."""
    root = folder / "html"
    reported = [analysed for analysed in report.analysed if analysed.record["files"]]
    _remove_others(root, {_page_folder(analysed.project.id) for analysed in reported})
    for analysed in reported:
        analysed.coverage.set_option("html:title", f"Coverage of {analysed.project.id}")
        quiet(_render, analysed.coverage, str(root / _page_folder(analysed.project.id)))
    path = root / "index.html"
    write_whole(path, _index(report.numbers, {analysed.project.id for analysed in reported}))
    return path


def _render(coverage: Coverage, target: str) -> None:
    coverage.html_report(directory=target, ignore_errors=True)


def _page_folder(project_id: str) -> str:
    return quote(project_id, safe="").replace("%", "~")


def _remove_others(root: Path, current: set[str]) -> None:
    for path in root.glob("*/"):
        if path.name not in current:
            shutil.rmtree(path)


def _index(numbers: WorkspaceNumbers, linked: set[str]) -> str:
    rows = [_project_row(project, numbers.precision, linked) for project in numbers.projects]
    total = _row("Total", numbers.total, numbers.branches, numbers.precision)
    return _PAGE.substitute(
        percent=numbers.total.percent_text(numbers.precision),
        rows="\n".join(rows),
        total=total,
    )


def _project_row(project: ProjectNumbers, precision: int, linked: set[str]) -> str:
    name = escape(project.id)
    if project.id in linked:
        # The folder's name may hold what a URL may not.
        name = f'<a href="{quote(_page_folder(project.id))}/index.html">{name}</a>'
    if project.note:
        name += f"<small>{escape(project.note)}</small>"
    if not project.measured:
        return f'<tr class="unknown"><th scope="row">{name}</th>{"<td>-</td>" * 5}<td></td></tr>'
    return _row(name, project.numbers, project.branches, precision)


def _row(name: str, counts: Numbers, branches: bool, precision: int) -> str:
    cells = [counts.statements, counts.missing]
    of_branches = [counts.branches, counts.partial] if branches else ["-", "-"]
    percent = counts.percent_text(precision)
    texts = [*map(str, cells), *map(str, of_branches), f"{percent}%"]
    return (
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{text}</td>" for text in texts)
        + f'<td class="bar"><meter min="0" max="100" value="{percent}">{percent}%</meter></td></tr>'
    )


_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coverage of the workspace: $percent%</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child { text-align: left; font-weight: inherit; }
thead th { font-weight: 600; }
tfoot { font-weight: 700; }
tbody tr:hover { background: #8881; }
small { display: block; opacity: .75; }
meter { width: 8rem; height: 1rem; }
.unknown td { opacity: .6; }
</style>
</head>
<body>
<h1>Coverage: $percent%</h1>
<table>
<thead><tr><th scope="col">Project</th><th scope="col">Statements</th><th scope="col">Missing</th>\
<th scope="col">Branches</th><th scope="col">Partial</th><th scope="col">Cover</th><td></td>\
</tr></thead>
<tbody>
$rows
</tbody>
<tfoot>$total</tfoot>
</table>
</body>
</html>
""")
