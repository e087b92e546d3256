"""The history file of one project: a JSON object a line, written whole, under a lock.

The first line carries the version. Every other line stands for itself, so that of a file which was
cut short or damaged all whole lines are still known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moonpool.files import locked, write_whole
from moonpool.history.learn import learn, merge
from moonpool.history.record import FileHistory, FileRun, History, StartRun

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from moonpool.history.record import RunRecord

__all__ = ["add_history", "add_run", "forget", "load_history", "read_history"]

_VERSION = 2

# A hundred runs that end together wait for one another about a second.
_LOCK_SECONDS = 20.0


def load_history(path: Path) -> History:
    """Return what the file holds; nothing is known when it is absent, or of another version."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return History()
    return read_history(text, str(path))


def read_history(text: str, source: str) -> History:
    """Return what a history file's text holds; ``note`` tells of what is not understood."""
    first, *lines = text.split("\n")
    version = _version(first)
    if version is not None and version != _VERSION:
        age = "a newer" if version > _VERSION else "an older"
        return History(note=f"`{source}` is of {age} moonpool: it is neither read nor written")
    # Without its first line a file is damaged, but the others are still what they were.
    rest = list(filter(str.strip, lines if version is not None else [first, *lines]))
    files: dict[str, FileHistory] = {}
    starts: dict[str, tuple[StartRun, ...]] = {}
    damaged = sum(not _take(line, files, starts) for line in rest)
    note = f"`{source}` was damaged: {damaged} of {len(rest)} lines are lost"
    return History(files, starts, note if damaged else None)


def _version(line: str) -> int | None:
    try:
        version = json.loads(line)["version"]
    except (ValueError, KeyError, TypeError):
        return None
    return version if isinstance(version, int) else None


def _take(line: str, files: dict[str, FileHistory], starts: dict[str, Any]) -> bool:
    try:
        content = json.loads(line)
        if "file" in content:
            runs = {
                str(machine): tuple(_file_run(*run) for run in found)
                for machine, found in content["runs"].items()
            }
            files[str(content["file"])] = FileHistory(runs, int(content["day"]))
        else:
            starts[str(content["machine"])] = tuple(_start_run(*run) for run in content["starts"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return True


def _file_run(seconds: float, tests: int, content: str, cpus: float, peak_bytes: int) -> FileRun:
    return FileRun(float(seconds), int(tests), str(content), float(cpus), int(peak_bytes))


def _start_run(
    workers: int, seconds: float, worker_cpu_seconds: float, cpus: float, least_bytes: int = 0
) -> StartRun:
    times = float(seconds), float(worker_cpu_seconds)
    return StartRun(int(workers), *times, float(cpus), int(least_bytes))


def add_run(path: Path, run: RunRecord) -> bool:
    """Let the history learn one more run; False for a file of another version, left as it is.

    Nothing of other runs that end at the same time is lost. Raises OSError when the folder cannot
    be written.
    """
    return _change(path, lambda known: learn(known, run))


def add_history(path: Path, other: History) -> bool:
    """Let the history learn what another one knows; else as `add_run`."""
    return _change(path, lambda known: merge(known, other))


def forget(path: Path, names: Collection[str]) -> bool:
    """Let the history forget some files; else as `add_run`."""

    def without(known: History) -> History:
        files = {name: file for name, file in known.files.items() if name not in names}
        return known._replace(files=files)

    return not names or _change(path, without)


def _change(path: Path, change: Callable[[History], History]) -> bool:
    with locked(path.with_name(f".{path.name}.lock"), seconds=_LOCK_SECONDS):
        if _is_of_another_version(path):
            return False
        write_whole(path, "\n".join([*_lines(change(load_history(path))), ""]))
    return True


def _is_of_another_version(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            version = _version(stream.readline())
    except OSError:
        return False
    return version is not None and version != _VERSION


def _lines(history: History) -> Iterator[str]:
    yield _encode({"version": _VERSION})
    for machine, starts in history.starts.items():
        yield _encode({"machine": machine, "starts": [_start_row(run) for run in starts]})
    for name, file in sorted(history.files.items()):
        runs = {machine: [_file_row(run) for run in runs] for machine, runs in file.runs.items()}
        yield _encode({"file": name, "day": file.day, "runs": runs})


def _file_row(run: FileRun) -> list[object]:
    return [round(run.seconds, 4), run.tests, run.content, round(run.cpus, 3), run.peak_bytes]


def _start_row(run: StartRun) -> list[object]:
    times = [round(run.seconds, 3), round(run.worker_cpu_seconds, 3)]
    return [run.workers, *times, run.cpus, run.least_bytes]


def _encode(content: dict[str, object]) -> str:
    return json.dumps(content, separators=(",", ":"))
