"""R8: browsers that are downloaded in every run, or in a job that tests nothing with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Severity
from moonpool.audit.rules.looking import at_step, caches, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]


def _check(context: Context) -> Iterator[Finding]:
    for _, entry, works in entries(context):
        for index, work in enumerate(works):
            if not any(atom.words[:2] == ("playwright", "install") for atom in work.atoms):
                continue
            # Whatever is no mere set-up may start a browser.
            later = (w for w in works[index + 1 :] if w.step.run or w.step.action.startswith("./"))
            if not any(later) and not any(atom.kind.is_check for atom in work.atoms):
                message = "browsers are installed, and nothing after it could use them"
            elif not caches(works, "playwright"):
                message = "browsers are downloaded in every run"
            else:
                continue
            advice = ("cache `~/.cache/ms-playwright`, or use the image of Playwright",)
            yield at_step("R8", Severity.MEDIUM, entry, work.step, message, advice)


RULE = Rule("R8", "browser-download", Severity.MEDIUM, "browsers downloaded in every run", _check)
