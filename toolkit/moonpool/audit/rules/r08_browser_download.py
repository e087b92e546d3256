"""R8: browsers that are downloaded in every run, or in a job that tests nothing with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.editing.change import Before, Change
from moonpool.audit.finding import Fix, Safety, Severity
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.rules.looking import at_step, caches, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.finding import Finding
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["RULE"]

# Where Playwright keeps its browsers on Linux, and the files that settle which of them it takes.
_FOLDER = "~/.cache/ms-playwright"
_LOCKS = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "uv.lock", "poetry.lock")


def _check(context: Context) -> Iterator[Finding]:
    for run, entry, works in entries(context):
        for index, work in enumerate(works):
            if not any(atom.words[:2] == ("playwright", "install") for atom in work.atoms):
                continue
            # Whatever is no mere set-up may start a browser.
            later = (w for w in works[index + 1 :] if w.step.run or w.step.action.startswith("./"))
            fix: Fix | None = None
            if not any(later) and not any(atom.kind.is_check for atom in work.atoms):
                message = "browsers are installed, and nothing after it could use them"
            elif not caches(works, "playwright"):
                message = "browsers are downloaded in every run"
                # A release should not build on what an earlier run left in a cache.
                fix = None if ships(run, context.worker) else _fix(context, entry, work)
            else:
                continue
            advice = (f"cache `{_FOLDER}`, or use the image of Playwright",)
            yield at_step("R8", Severity.MEDIUM, entry, work.step, message, advice, fix)


def _fix(context: Context, entry: RunJob, work: Work) -> Fix | None:
    """Keep what is downloaded, where it lies in the usual place; the step itself stays."""
    lock = next((name for name in _LOCKS if context.repository.has(name)), None)
    content, step = entry.job.content, work.step
    usual = str(content.get("runs-on")).startswith("ubuntu") and "container" not in content
    asked = "PLAYWRIGHT_BROWSERS_PATH" in entry.workflow.source.text
    if lock is None or not usual or asked or step.run is None or step.condition is not None:
        return None
    key = f"playwright-${{{{ runner.os }}}}-${{{{ hashFiles('{lock}') }}}}"
    lines = ("uses: actions/cache@v4", "with:", f"  path: {_FOLDER}", f"  key: {key}")
    edit = Before(("jobs", entry.job.id, "steps", step.index), lines)
    change = Change(entry.workflow.path, (edit,))
    return Fix(f"keep `{_FOLDER}` as long as `{lock}` stays", Safety.SAFE, (change,))


RULE = Rule("R8", "browser-download", Severity.MEDIUM, "browsers downloaded in every run", _check)
