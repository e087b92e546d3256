"""The history file of one project: JSON with a version, written whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moonpool.files import read_versioned_json, write_versioned_json
from moonpool.history.record import FileHistory, History

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["load_history", "save_history"]

_VERSION = 1


def load_history(path: Path) -> History:
    """Return what the file holds; nothing is known when it is absent, damaged or newer."""
    content = read_versioned_json(path, _VERSION)
    if content is None:
        return History()
    try:
        return _parse(content)
    except (AttributeError, KeyError, TypeError, ValueError):
        return History()


def _parse(content: dict[str, Any]) -> History:
    files = {
        str(name): FileHistory(_seconds(file["seconds"]), int(file["tests"]))
        for name, file in content["files"].items()
        if file["seconds"]
    }
    return History(
        files,
        _seconds(content["ready_seconds"]),
        _seconds(content["ready_seconds_with_workers"]),
    )


def _seconds(values: list[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def save_history(path: Path, history: History) -> bool:
    """Write what is known; False when the file is of a newer version, which is then left alone.

    Raises OSError when the folder cannot be written.
    """
    if _is_newer(path):
        return False
    files = {
        name: {"seconds": list(file.seconds), "tests": file.tests}
        for name, file in sorted(history.files.items())
    }
    content = {
        "files": files,
        "ready_seconds": list(history.ready_seconds),
        "ready_seconds_with_workers": list(history.ready_seconds_with_workers),
    }
    write_versioned_json(path, _VERSION, content)
    return True


def _is_newer(path: Path) -> bool:
    try:
        version = json.loads(path.read_text(encoding="utf-8")).get("version")
    except (OSError, ValueError, AttributeError):
        return False
    return isinstance(version, int) and version > _VERSION
