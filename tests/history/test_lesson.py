from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.history import (
    FileRun,
    SourceFile,
    StartRun,
    digest,
    estimate,
    load_history,
    remember,
    what_it_taught,
)
from moonpool.journal import VERSION, Journal

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    (tmp_path / "test_a.py").write_text("def test_it(): ...\n")
    journal = Journal(tmp_path / "j.jsonl")
    journal.note("run", DAY * 9, version=VERSION, machine="m", workers=2, cpus=1.5)
    journal.note("file-start", DAY * 9 + 2.0, file="test_a.py")
    return journal


def _end(journal: Journal, file: str, at: float, **usage: float) -> None:
    journal.note("file-end", DAY * 9 + at, file=file, **usage)


def test_a_file_costs_what_its_process_spent(journal: Journal, tmp_path: Path) -> None:
    _end(
        journal,
        "test_a.py",
        6.0,
        tests=3,
        seconds=4.0,
        cpu_seconds=1.0,
        children_seconds=0.5,
        waited_seconds=1.0,
        peak_bytes=100,
        start_cpu_seconds=0.75,
    )
    journal.note("end", DAY * 9 + 6.5, exit=0)
    run = what_it_taught(journal.path, tmp_path)
    assert run is not None
    assert run.machine == "m"
    assert run.day == 9
    content = digest(b"def test_it(): ...\n")
    assert run.files == {"test_a.py": FileRun(3.0, 3, content, 0.5, 100)}
    assert run.start == StartRun(2, 2.5, 0.75, 1.5)


def test_a_worker_that_ran_out_of_memory_raises_what_the_next_run_plans(
    journal: Journal, tmp_path: Path
) -> None:
    times = {"seconds": 4.0, "cpu_seconds": 1.0, "start_cpu_seconds": 0.75}
    _end(journal, "test_a.py", 6.0, tests=3, peak_bytes=100, **times)
    journal.note("crash", worker="gw1", test="test_b.py::test_it")
    journal.note("out-of-memory", worker="gw1", least_bytes=4096)
    journal.note("end", DAY * 9 + 6.5, exit=1)
    history = tmp_path / "history.jsonl"
    assert remember(history, journal.path, root=tmp_path)
    known = load_history(history)
    assert [run.least_bytes for run in known.starts["m"]] == [4096]
    files = {"test_a.py": SourceFile(3)}
    assert estimate(known, "m", files, seconds_per_test=1.0).worker_bytes == 4096
    assert estimate(known, "other", files, seconds_per_test=1.0).worker_bytes == 125


def test_the_parts_of_a_file_are_added(journal: Journal, tmp_path: Path) -> None:
    _end(journal, "test_a.py", 1.0, tests=2, seconds=1.0, cpu_seconds=1.0, peak_bytes=7)
    _end(journal, "test_a.py", 2.0, tests=1, seconds=3.0, cpu_seconds=1.0, peak_bytes=5)
    run = what_it_taught(journal.path, tmp_path)
    assert run is not None
    file = run.files["test_a.py"]
    assert (file.seconds, file.tests, file.cpus, file.peak_bytes) == (4.0, 3, 0.5, 7)
    assert run.start is None


def test_a_file_in_which_a_worker_died_was_not_measured(journal: Journal, tmp_path: Path) -> None:
    _end(journal, "test_a.py", 1.0, tests=2, seconds=1.0)
    _end(journal, "test_b.py", 1.0, tests=2, seconds=1.0)
    journal.note("crash", worker="gw0", test="test_a.py::test_it")
    run = what_it_taught(journal.path, tmp_path)
    assert run is not None
    assert list(run.files) == ["test_b.py"]


def test_a_run_without_a_whole_file_teaches_nothing(journal: Journal, tmp_path: Path) -> None:
    assert what_it_taught(journal.path, tmp_path) is None
    assert not remember(tmp_path / "h.jsonl", journal.path, root=tmp_path)
    assert not (tmp_path / "h.jsonl").exists()


def test_a_journal_of_a_newer_version_teaches_nothing(tmp_path: Path) -> None:
    newer = Journal(tmp_path / "newer.jsonl")
    newer.note("run", version=99)
    _end(newer, "test_a.py", 1.0, tests=2, seconds=1.0)
    assert what_it_taught(newer.path, tmp_path) is None


def test_what_was_learnt_is_remembered(journal: Journal, tmp_path: Path) -> None:
    _end(journal, "test_a.py", 1.0, tests=2, seconds=1.0)
    assert remember(tmp_path / "h.jsonl", journal.path, root=tmp_path)
    assert load_history(tmp_path / "h.jsonl").files["test_a.py"].runs["m"][0].seconds == 1.0
