"""The HTML report."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from moonpool.coverage.numbers import ProjectNumbers, WorkspaceNumbers
from moonpool.coverage.report import Report
from moonpool.coverage.reports.html import write

if TYPE_CHECKING:
    from pathlib import Path


class _Page(HTMLParser):
    """The links and texts of a page, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


def test_the_first_page_lists_the_projects_and_links_to_their_pages(reports: Path) -> None:
    page = _Page((reports / "html" / "index.html").read_text())
    assert page.open == []
    assert page.links == ["core/index.html", "web/index.html"]
    assert all((reports / "html" / link).is_file() for link in page.links)
    row = page.texts.index("core")
    assert page.texts[row : row + 6] == ["core", "11", "3", "4", "1", "73.3%"]
    assert "no data: its tests were skipped" in page.texts
    total = page.texts.index("Total")
    assert page.texts[total : total + 6] == ["Total", "17", "4", "4", "1", "76.2%"]


def test_a_projects_pages_are_coverages_own_by_the_projects_rules(reports: Path) -> None:
    pages = {path.name: path.read_text() for path in (reports / "html" / "core").glob("z_*.html")}
    assert len(pages) == 2
    text = next(text for name, text in pages.items() if "init" in name)
    assert "<title>Coverage for core/src/core/__init__.py: 85%</title>" in text
    assert 'class="exc show_exc"' in text
    assert 'class="par run show_par"' in text


def test_names_are_escaped_and_pages_of_projects_that_are_gone_removed(tmp_path: Path) -> None:
    (tmp_path / "html" / "gone").mkdir(parents=True)
    project = ProjectNumbers("<b>", "b", "a & b", measured=False, branches=False)
    path = write(tmp_path, Report(WorkspaceNumbers((project,), 0), ()))
    assert "&lt;b&gt;<small>a &amp; b</small>" in path.read_text()
    assert not (tmp_path / "html" / "gone").exists()
