from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from moonpool.history import FileHistory, History, load_history, save_history

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = History({"tests/test_a.py": FileHistory((1.5, 2.0), 3)}, (0.4,), (1.9, 2.1))


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "history.json"
    assert save_history(path, KNOWN)
    assert load_history(path) == KNOWN


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"version": 1}', '{"version": 1, "files": 7}', "\0\0"]
)
def test_a_damaged_file_teaches_nothing_and_is_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(text)
    assert load_history(path) == History()
    assert save_history(path, KNOWN)
    assert load_history(path) == KNOWN


def test_a_missing_file_teaches_nothing(tmp_path: Path) -> None:
    assert load_history(tmp_path / "none.json") == History()


def test_a_newer_file_is_neither_read_nor_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps({"version": 99, "files": "of another shape"}))
    assert load_history(path) == History()
    assert not save_history(path, KNOWN)
    assert json.loads(path.read_text())["version"] == 99
