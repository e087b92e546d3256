from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.history import StartRun, learn_from_killed, load_history
from moonpool.journal import VERSION, Journal, read_journal

if TYPE_CHECKING:
    from pathlib import Path

PLANNED = 400 * 2**20


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "history.jsonl"


def _write(folder: Path, *events: tuple[str, float, dict[str, object]]) -> Path:
    facts = {"version": VERSION, "machine": "m", "workers": 0, "cpus": 2.0}
    counted: dict[str, object] = {"oom_kills": 3, "worker_bytes": PLANNED}
    run = ("run", 100.0, {**facts, **counted})
    path = folder / "20260101T000000.000000Z-1.jsonl"
    lines = (json.dumps({"event": e, "time": t, **f}) for e, t, f in (run, *events))
    path.write_text("\n".join(line.replace(": ", ":") for line in lines) + "\n")
    return path


def test_the_next_run_plans_twice_what_was_planned(tmp_path: Path, history: Path) -> None:
    _write(tmp_path, ("file-start", 102.0, {"file": "a"}))
    assert learn_from_killed(history, tmp_path, 4) == 2 * PLANNED
    assert load_history(history).starts == {"m": (StartRun(0, 2.0, 2.0, 2.0, 2 * PLANNED),)}


def test_or_twice_what_was_seen(tmp_path: Path, history: Path) -> None:
    _write(tmp_path, ("file-end", 102.0, {"file": "a", "peak_bytes": 2 * PLANNED}))
    assert learn_from_killed(history, tmp_path, 4) == 4 * PLANNED


def test_it_is_learnt_once_and_the_journal_tells(tmp_path: Path, history: Path) -> None:
    path = _write(tmp_path)
    assert learn_from_killed(history, tmp_path, 4) is not None
    assert learn_from_killed(history, tmp_path, 5) is None
    assert [entry.event for entry in read_journal(path)] == ["run", "out-of-memory", "end"]


@pytest.mark.parametrize("kills", [None, 0, 3])
def test_without_a_further_kill_nothing_is_learnt(
    tmp_path: Path, history: Path, kills: int | None
) -> None:
    _write(tmp_path)
    assert learn_from_killed(history, tmp_path, kills) is None
    assert not history.exists()


def test_a_run_that_ended_was_not_killed(tmp_path: Path, history: Path) -> None:
    _write(tmp_path, ("end", 103.0, {"exit": 0}), ("coverage", 104.0, {"seconds": 1.0}))
    assert learn_from_killed(history, tmp_path, 4) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there no lock tells")
def test_a_run_that_goes_on_was_not_killed(tmp_path: Path, history: Path) -> None:
    journal = Journal.begin(tmp_path)
    journal.note("run", version=VERSION, oom_kills=3, worker_bytes=PLANNED)
    assert learn_from_killed(history, tmp_path, 4) is None


def test_only_the_last_run_counts(tmp_path: Path, history: Path) -> None:
    _write(tmp_path)
    later = tmp_path / "20270101T000000.000000Z-1.jsonl"
    later.write_text('{"event":"run","time":1.0,"version":1}\n{"event":"end","time":2.0}\n')
    assert learn_from_killed(history, tmp_path, 4) is None


@pytest.mark.parametrize("text", ["", "garbage", '{"event":"run","time":1,"version":99}'])
def test_what_is_no_journal_teaches_nothing(tmp_path: Path, history: Path, text: str) -> None:
    (tmp_path / "1.jsonl").write_text(text)
    assert learn_from_killed(history, tmp_path, 4) is None
    assert learn_from_killed(history, tmp_path / "absent", 4) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there no lock tells")
def test_the_kernel_lets_go_of_the_journal_of_a_killed_process(
    tmp_path: Path, history: Path
) -> None:
    program = (
        "import os, pathlib, signal\n"
        "from moonpool.journal import Journal, VERSION\n"
        "journal = Journal.begin(pathlib.Path('.'))\n"
        f"journal.note('run', version=VERSION, oom_kills=3, worker_bytes={PLANNED})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    assert learn_from_killed(history, tmp_path, 4) == 2 * PLANNED
