"""What became of each task in moon's last run, from the report that moon leaves behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from moonpool.moon.workspace import Workspace

__all__ = ["read_run_report", "report_time"]

# `moon ci` writes the first, every other way to run tasks the second.
_NAMES = ("ciReport.json", "runReport.json")


def read_run_report(workspace: Workspace) -> dict[str, str]:
    """Return target -> moon's word for its end, such as passed, cached, failed or skipped.

    The newer report counts. Empty when there is none or it is damaged: a report informs people,
    no decision hangs on it.
    """
    newest = max(_reports(workspace), key=_modified, default=None)
    if newest is None:
        return {}
    try:
        content = json.loads(newest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    actions = content.get("actions") if isinstance(content, dict) else None
    return dict(_outcomes(actions)) if isinstance(actions, list) else {}


def report_time(workspace: Workspace) -> int:
    """Return when the newest report was written, in ns since the epoch; 0 without a report."""
    return max(map(_modified, _reports(workspace)), default=0)


def _reports(workspace: Workspace) -> list[Path]:
    folder = workspace.root / ".moon" / "cache"
    return [folder / name for name in _NAMES if (folder / name).is_file()]


def _modified(file: Path) -> int:
    return file.stat().st_mtime_ns


def _outcomes(actions: list[Any]) -> Iterable[tuple[str, str]]:
    for action in actions:
        try:
            node, status = action["node"], action["status"]
            if node["action"] == "run-task":
                yield str(node["params"]["target"]), str(status)
        except (KeyError, TypeError):
            continue
