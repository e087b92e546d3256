"""What our HTML pages share: the frame of a page, and a table of counts."""

from __future__ import annotations

from html import escape
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moonpool.coverage.numbers import Numbers

__all__ = ["blank_row", "page", "row", "table"]


def page(title: str, body: str, *, style: str = "") -> str:
    """Return a whole page; ``title`` is text, ``body`` and ``style`` are markup."""
    return _PAGE.substitute(title=escape(title), body=body, style=style)


def table(what: str, rows: Iterable[str], total: str) -> str:
    """Return a table of counts whose first column holds ``what``."""
    return _TABLE.substitute(what=escape(what), rows="\n".join(rows), total=total)


def row(name: str, counts: Numbers, branches: bool, precision: int) -> str:
    """Return one row; ``name`` is markup, and ``branches`` whether they were measured."""
    cells = [counts.statements, counts.missing]
    of_branches = [counts.branches, counts.partial] if branches else ["-", "-"]
    percent = counts.percent_text(precision)
    texts = [*map(str, cells), *map(str, of_branches), f"{percent}%"]
    return (
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{text}</td>" for text in texts)
        + f'<td class="bar"><meter min="0" max="100" value="{percent}">{percent}%</meter></td></tr>'
    )


def blank_row(name: str) -> str:
    """Return the row of something that was not measured."""
    return f'<tr class="unknown"><th scope="row">{name}</th>{"<td>-</td>" * 5}<td></td></tr>'


_TABLE = Template("""\
<table>
<thead><tr><th scope="col">$what</th><th scope="col">Statements</th><th scope="col">Missing</th>\
<th scope="col">Branches</th><th scope="col">Partial</th><th scope="col">Cover</th><td></td>\
</tr></thead>
<tbody>
$rows
</tbody>
<tfoot>$total</tfoot>
</table>""")

_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
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
$style</style>
</head>
<body>
$body
</body>
</html>
""")
