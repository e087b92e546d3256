"""HTML pages of files that other tools measured: a list per project, and each file's source."""

from __future__ import annotations

import hashlib
import posixpath
import re
from html import escape
from typing import TYPE_CHECKING

from moonpool.coverage.foreign import file_numbers
from moonpool.coverage.numbers import Numbers
from moonpool.coverage.reports.markup import page, row, table
from moonpool.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moonpool.coverage.foreign import ForeignShare, HitCounts
    from moonpool.coverage.numbers import FileNumbers

__all__ = ["write_pages"]

# A name of any length and alphabet becomes one that every file system and URL can hold.
_PLAIN = re.compile(r"[^A-Za-z0-9._-]")
_DIGITS, _MOST_LETTERS = 12, 80


def write_pages(folder: Path, share: ForeignShare, precision: int) -> None:
    """Write ``index.html`` and a page for each file, and leave no other page in ``folder``."""
    rows = []
    written = {folder / "index.html"}
    for path, counts in share.files.items():
        numbers = file_numbers(path, counts)
        target = folder / _page_name(path)
        source = (share.root / path).read_text(encoding="utf-8", errors="replace")
        write_whole(target, _file_page(numbers, counts, source, precision))
        written.add(target)
        link = f'<a href="{target.name}">{escape(path)}</a>'
        rows.append(row(link, numbers.numbers, bool(counts.branches), precision))
    write_whole(folder / "index.html", _list(share, rows, precision))
    for left in set(folder.glob("*.html")) - written:
        left.unlink()


def _page_name(path: str) -> str:
    digest = hashlib.sha256(path.encode()).hexdigest()[:_DIGITS]
    return f"{_PLAIN.sub('_', posixpath.basename(path))[-_MOST_LETTERS:]}.{digest}.html"


def _list(share: ForeignShare, rows: list[str], precision: int) -> str:
    numbers = sum((counts.numbers for counts in share.files.values()), Numbers())
    total = row("Total", numbers, share.branches, precision)
    percent = numbers.percent_text(precision)
    body = (
        f'<p><a href="../index.html">All projects</a></p>\n'
        f"<h1>Coverage of {escape(share.project.id)}: {percent}%</h1>\n"
        + table("File", rows, total)
    )
    return page(f"Coverage of {share.project.id}: {percent}%", body)


def _file_page(file: FileNumbers, counts: HitCounts, source: str, precision: int) -> str:
    percent = file.numbers.percent_text(precision)
    body = (
        f'<p><a href="index.html">All files</a></p>\n'
        f"<h1>{escape(file.path)}: {percent}%</h1>\n"
        f"<p>{_sentence(file.numbers)}</p>\n{_gaps(file.missing)}"
        '<table class="source">\n' + "\n".join(_lines(counts, source)) + "\n</table>"
    )
    return page(f"Coverage for {file.path}: {percent}%", body, style=_STYLE)


def _sentence(numbers: Numbers) -> str:
    text = f"{numbers.statements - numbers.missing} of {numbers.statements} statements ran"
    if numbers.branches:
        taken = numbers.branches - numbers.missing_branches
        text += f", {taken} of {numbers.branches} branches were taken"
    return f"{text}."


def _gaps(missing: str) -> str:
    if not missing:
        return ""
    links = [
        re.sub(r"^(\d+)(.*)$", r'<a href="#t\1">\1\2</a>', part) for part in missing.split(", ")
    ]
    return f'<p class="gaps">Missing: {", ".join(links)}</p>\n'


def _lines(counts: HitCounts, source: str) -> Iterator[str]:
    texts = source.removesuffix("\n").split("\n")
    for number, text in enumerate(texts, 1):
        hits = counts.lines.get(number)
        taken = list(counts.branches.get(number, {}).values())
        never = taken.count(0)
        kind, note = "", ""
        if hits == 0:
            kind, note = "mis", "never run"
        elif never:
            kind, note = "par", f"{never} of {len(taken)} branches never taken"
        elif hits or taken:
            kind = "run"
        times = "" if hits is None else f"{hits}&times;"
        yield (
            f'<tr id="t{number}" class="{kind}"><td><a href="#t{number}">{number}</a></td>'
            f"<td>{times}</td><td><code>{escape(text.rstrip())}</code></td><td>{note}</td></tr>"
        )


_STYLE = """\
body { max-width: none; }
.source td { border: 0; padding: 0 .5rem; white-space: nowrap; font-size: .875rem; }
.source td:nth-child(-n+2) { width: 1%; opacity: .75; }
.source td:nth-child(3) { text-align: left; border-left: .25rem solid transparent; }
.source td:nth-child(4) { width: 1%; font-size: .75rem; }
.source a { color: inherit; text-decoration: none; }
.source code { white-space: pre; tab-size: 4; }
.source :target { outline: 2px solid #36c; }
.run td:nth-child(3) { border-left-color: #2a2; }
.mis td:nth-child(3) { border-left-color: #d22; background: #d222; }
.par td:nth-child(3) { border-left-color: #da0; background: #da02; }
"""
