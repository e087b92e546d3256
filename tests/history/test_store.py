from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.history import (
    FileHistory,
    FileRun,
    History,
    RunRecord,
    StartRun,
    add_history,
    add_run,
    load_history,
)

if TYPE_CHECKING:
    from pathlib import Path

RUN = RunRecord(
    "x86_64 AMD",
    {
        "tests/test_a.py": FileRun(1.5, 3, "abc", 0.25, 2**20),
        "tests/test_b.py": FileRun(0.5, 1, "def", 1.0, 2**21),
    },
    StartRun(4, 2.5, 0.75, 1.5),
    20_000,
)
KNOWN = History(
    {name: FileHistory({RUN.machine: (file,)}, RUN.day) for name, file in RUN.files.items()},
    {RUN.machine: (StartRun(4, 2.5, 0.75, 1.5),)},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "history.jsonl"
    assert add_run(path, RUN)
    return path


def test_what_was_learnt_is_loaded(path: Path) -> None:
    assert load_history(path) == KNOWN


def test_another_history_is_added(tmp_path: Path) -> None:
    assert add_history(tmp_path / "h.jsonl", KNOWN)
    assert load_history(tmp_path / "h.jsonl") == KNOWN


def test_a_missing_file_teaches_nothing(tmp_path: Path) -> None:
    assert load_history(tmp_path / "none.jsonl") == History()


def test_of_a_truncated_file_every_whole_line_is_known(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])
    known = load_history(path)
    assert sorted(known.files) == ["tests/test_a.py"]
    assert known.starts == KNOWN.starts
    assert known.note == f"`{path}` was damaged: 1 of 3 lines are lost"


def test_a_damaged_file_is_mended_by_the_next_run(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10] + b"\xff\0garbage")
    assert add_run(path, RUN)
    assert load_history(path).note is None
    assert [run.tests for run in load_history(path).files["tests/test_a.py"].runs[RUN.machine]] == [
        3,
        3,
    ]


@pytest.mark.parametrize(
    "line", ["{", "[]", "null", "7", '{"file": "a"}', '{"machine": "m", "starts": [7]}', "\0"]
)
def test_a_damaged_line_costs_no_other(path: Path, line: str) -> None:
    path.write_text(path.read_text() + line + "\n")
    note = f"`{path}` was damaged: 1 of 4 lines are lost"
    assert load_history(path) == KNOWN._replace(note=note)


def test_without_its_first_line_the_others_are_known(path: Path) -> None:
    lines = path.read_text().splitlines()
    path.write_text("\n".join(["garbage", *lines[1:]]))
    note = f"`{path}` was damaged: 1 of 4 lines are lost"
    assert load_history(path) == KNOWN._replace(note=note)


def test_a_file_of_a_newer_version_is_neither_read_nor_written(path: Path) -> None:
    newer = json.dumps({"version": 99}) + "\nof another shape\n"
    path.write_text(newer)
    note = f"`{path}` is of a newer moonpool: it is neither read nor written"
    assert load_history(path) == History(note=note)
    assert not add_run(path, RUN)
    assert path.read_text() == newer


# A hundred processes without a hundred imports: all wait until the pipe's last writer is gone.
_WRITERS = """
import os, pathlib, sys
from moonpool.history import FileRun, RunRecord, add_run
wait, go = os.pipe()
children = []
for number in range(1, 101):
    if not (child := os.fork()):
        os.close(go)
        os.read(wait, 1)
        run = RunRecord("m", {f"test_{number}.py": FileRun(float(number), 1)})
        os._exit(0 if add_run(pathlib.Path(sys.argv[1]), run) else 1)
    children.append(child)
os.close(go)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


def test_a_hundred_runs_that_end_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    assert subprocess.run([sys.executable, "-c", _WRITERS, str(path)], check=False).returncode == 0
    files = load_history(path).files
    assert {name: file.runs["m"][0].seconds for name, file in files.items()} == {
        f"test_{number}.py": float(number) for number in range(1, 101)
    }
