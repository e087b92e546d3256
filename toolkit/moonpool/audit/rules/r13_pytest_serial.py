"""R13: a step or a moon task that runs a large pytest suite in one process."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from moonpool.audit.commands.normal import unwrapped
from moonpool.audit.commands.shell import split_script
from moonpool.audit.finding import Finding, Place, Severity
from moonpool.audit.gitlab.findings import serial_scripts
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.rule import Rule
from moonpool.history import load_history
from moonpool.units import format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moonpool.audit.context import Context

__all__ = ["RULE"]

# With fewer files than this, workers seldom pay for their start.
_LEAST_FILES = 10
_PARALLEL = re.compile(r"(?:^|\s)(?:-n\s*\S|--numprocesses|--dist\b|--splits?\b)")
# How many tests a selection leaves, only pytest knows.
_SELECTS = re.compile(r"(?:^|\s)(?:-k|-m|--lf|--ff|--collect-only)\b|::")
_SETTING = re.compile(r"addopts\s*=(?P<value>(?:[^\n\[]*)|\s*\[[^\]]*\])")
_CONFIGS = ("pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini")
_SKIPPED = frozenset({"node_modules", ".venv", "venv", ".git", ".tox", ".nox"})
_ADVICE = "`moonpool test` runs it on as many workers as the machine has, where they pay"


def _check(context: Context) -> Iterator[Finding]:
    told: set[str] = set()
    for _, entry, works in entries(context):
        for work in works:
            base = work.step.folder or entry.job.folder or entry.workflow.folder or ""
            for message, details, folder in _slow(context, work.step.run or "", base):
                told.add(folder)
                yield at_step("R13", Severity.HIGH, entry, work.step, message, details)
    yield from _in_pipeline(context)
    for task in context.worker.moon_tasks.values():
        for message, details, folder in _slow(context, task.script, task.folder):
            if folder not in told:
                told.add(folder)
                place = Place(posixpath.normpath(f"{task.source}/moon.yml"), 1)
                named = f"the task `{task.target}`: {message}"
                yield Finding("R13", Severity.HIGH, place, named, details=details)


def _in_pipeline(context: Context) -> Iterator[Finding]:
    for job, script in serial_scripts(context.pipeline) if context.pipeline else ():
        for message, details, _ in _slow(context, script, ""):
            place = Place(job.path, job.line + 1)
            yield Finding("R13", Severity.HIGH, place, message, job.name, details=details)


def _slow(context: Context, script: str, folder: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield what is to be said of each serial pytest command, and the folder it runs in."""
    for text, here in _serial(script, folder):
        gain = _gain(context, here, text.split()[1:])
        if gain is not None:
            message = f"`{text}` runs {gain[0]} test files one after the other"
            yield message, (_ADVICE, gain[1]), here


def _serial(script: str, folder: str) -> Iterator[tuple[str, str]]:
    """Yield each pytest command that names no workers, with the folder it runs in."""
    for command in split_script(script) if "test" in script else ():
        words = unwrapped(command.words).words
        text = " ".join(words)
        known = not _PARALLEL.search(text) and not _SELECTS.search(text)
        if words[:1] in (("pytest",), ("py.test",)) and known:
            here = posixpath.normpath(posixpath.join(folder, command.folder))
            yield text, "" if here == "." else here


def _gain(context: Context, folder: str, words: list[str]) -> tuple[int, str] | None:
    """Return the number of test files and what workers would save; None where they are few."""
    repository = context.repository
    for name in _CONFIGS:
        found = _SETTING.search(repository.text(posixpath.join(folder, name)) or "")
        if found and _PARALLEL.search(re.sub(r"[\"',]", " ", found["value"])):
            return None
    root = repository.root / folder
    places = [root / w for w in words if not w.startswith("-") and (root / w).is_dir()] or [root]
    names = [path.name for place in places if place.is_dir() for path in _test_files(place)]
    if len(names) < _LEAST_FILES:
        return None
    return len(names), _saved(repository.root, folder)


def _saved(root: Path, folder: str) -> str:
    """What the history that moonpool keeps of the project says, if there is one."""
    known = next((path for path in _histories(root, folder) if path.is_file()), None)
    seconds = [
        runs[-1].seconds
        for file in (load_history(known).files.values() if known else ())
        for runs in list(file.runs.values())[-1:]
        if runs
    ]
    if not seconds:
        return "how much it would save is unknown without a history of this project"
    longest, total = max(seconds), sum(seconds)
    saved = format_seconds(total - max(longest, total / 4))
    return f"with 4 workers about {saved} of {format_seconds(total)}, by its history"


def _histories(root: Path, folder: str) -> Iterator[Path]:
    """Where the history of a project may lie: by moon's id of it, by its path, or in its folder."""
    kept = root / ".moon" / "cache" / "moonpool" / "history"
    names = (posixpath.basename(folder) or root.resolve().name, folder.replace("/", "+"))
    yield from (kept / f"{name}.jsonl" for name in names if name)
    yield root / folder / ".moonpool" / "history.jsonl"


def _test_files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*.py"):
        is_test = path.name.startswith("test_") or path.name.endswith("_test.py")
        if is_test and not _SKIPPED.intersection(path.relative_to(root).parts):
            yield path


RULE = Rule("R13", "pytest-serial", Severity.HIGH, "a large pytest suite in one process", _check)
