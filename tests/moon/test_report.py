from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from moonpool.moon.report import read_run_report, report_time
from moonpool.moon.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def _write(root: Path, name: str, content: object, *, second: int) -> None:
    file = root / ".moon" / "cache" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    os.utime(file, (second, second))


def _ran(target: str, status: str) -> dict[str, object]:
    return {"status": status, "node": {"action": "run-task", "params": {"target": target}}}


def test_each_task_has_moons_word_and_other_actions_have_none(tmp_path: Path) -> None:
    sync = {"status": "passed", "node": {"action": "sync-workspace"}}
    actions = [sync, _ran("a:test", "cached"), _ran("b:test", "failed"), "garbage"]
    _write(tmp_path, "runReport.json", {"actions": actions}, second=1)
    assert read_run_report(Workspace(tmp_path)) == {"a:test": "cached", "b:test": "failed"}


def test_the_newer_of_both_reports_counts(tmp_path: Path) -> None:
    _write(tmp_path, "ciReport.json", {"actions": [_ran("a:test", "passed")]}, second=2)
    _write(tmp_path, "runReport.json", {"actions": [_ran("a:test", "failed")]}, second=1)
    assert read_run_report(Workspace(tmp_path)) == {"a:test": "passed"}
    assert report_time(Workspace(tmp_path)) == 2 * 10**9


def test_no_report_says_nothing(tmp_path: Path) -> None:
    assert read_run_report(Workspace(tmp_path)) == {}
    assert report_time(Workspace(tmp_path)) == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"actions": 3}', '{"actions": [{"node": 1}]}'])
def test_a_damaged_report_says_nothing(tmp_path: Path, content: str) -> None:
    _write(tmp_path, "runReport.json", content, second=1)
    assert read_run_report(Workspace(tmp_path)) == {}
