from __future__ import annotations

import os
from typing import TYPE_CHECKING

from moonpool.journal import last_journals, prune

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0


def _journals(folder: Path, number: int, *, size: int = 10, age: float = DAY) -> list[Path]:
    paths = [folder / f"2026010{n}T000000.000000Z-1.jsonl" for n in range(number)]
    for path in paths:
        path.write_bytes(b"." * size)
        os.utime(path, (DAY * 100 - age, DAY * 100 - age))
    return paths


def test_the_newest_journal_comes_first(tmp_path: Path) -> None:
    paths = _journals(tmp_path, 3)
    (tmp_path / "other.txt").write_text("")
    assert last_journals(tmp_path) == paths[::-1]


def test_a_folder_that_is_not_there_has_no_journals(tmp_path: Path) -> None:
    assert last_journals(tmp_path / "none") == []
    assert prune(tmp_path / "none") == []


def test_the_oldest_beyond_so_many_go(tmp_path: Path) -> None:
    paths = _journals(tmp_path, 5)
    assert sorted(prune(tmp_path, kept_runs=3, now=DAY * 100)) == paths[:2]
    assert last_journals(tmp_path) == paths[:1:-1]


def test_the_oldest_beyond_so_many_bytes_go(tmp_path: Path) -> None:
    paths = _journals(tmp_path, 5, size=100)
    prune(tmp_path, kept_bytes=250, now=DAY * 100)
    assert last_journals(tmp_path) == paths[:2:-1]


def test_a_journal_that_may_still_be_written_stays(tmp_path: Path) -> None:
    paths = _journals(tmp_path, 5, age=60.0)
    assert prune(tmp_path, kept_runs=1, now=DAY * 100) == []
    assert last_journals(tmp_path) == paths[::-1]
