"""The HTML pages of files that other tools measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.combined import CombinedProject
from moonpool.coverage.foreign import ForeignShare, HitCounts
from moonpool.coverage.reports.source_pages import write_pages
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path

_PROJECT = CombinedProject("web", "web", "passed", "present", "", share=False, foreign=True)


def _pages(root: Path, files: dict[str, HitCounts]) -> tuple[str, dict[str, str]]:
    """Return the list and the other pages by name."""
    write_pages(root / "html", ForeignShare(_PROJECT, root, files), 0)
    pages = {path.name: path.read_text() for path in (root / "html").iterdir()}
    return pages.pop("index.html"), pages


def test_a_source_shows_what_ran_and_leads_to_what_did_not(tmp_path: Path) -> None:
    plant(tmp_path, {"web/a<b>.ts": "a();\nif (b < c)\n  d();\n"})
    counts = HitCounts({1: 3, 2: 3, 3: 0}, {2: {"0,0": 0, "0,1": 3}})
    listed, pages = _pages(tmp_path, {"web/a<b>.ts": counts})
    ((name, page),) = pages.items()
    assert f'<a href="{name}">web/a&lt;b&gt;.ts</a>' in listed
    assert "<title>Coverage for web/a&lt;b&gt;.ts: 60%</title>" in page
    assert "2 of 3 statements ran, 1 of 2 branches were taken." in page
    assert '<a href="#t2">2 (1 branch)</a>, <a href="#t3">3</a>' in page
    assert '<tr id="t1" class="run">' in page
    assert "<code>if (b &lt; c)</code></td><td>1 of 2 branches never taken</td>" in page
    assert "<td>0&times;</td><td><code>  d();</code></td><td>never run</td>" in page


def test_files_of_one_name_have_pages_of_their_own_and_old_pages_go(tmp_path: Path) -> None:
    files = {f"web/{folder}/index.ts": HitCounts({1: 1}) for folder in "ab"}
    plant(tmp_path, {**dict.fromkeys(files, "x\n"), "html/old.html": ""})
    _, pages = _pages(tmp_path, files)
    assert len(pages) == 2
    assert "old.html" not in pages
