from __future__ import annotations

from moonpool.history import FileHistory, History, RunRecord, learn


def _run(seconds: dict[str, float], ready: float | None = None, workers: int = 0) -> RunRecord:
    return RunRecord(seconds, dict.fromkeys(seconds, 3), ready, workers)


def test_a_run_adds_its_files() -> None:
    known = learn(History(), _run({"tests/test_a.py": 1.5}))
    assert known.files == {"tests/test_a.py": FileHistory((1.5,), 3)}


def test_files_that_did_not_run_keep_what_they_had() -> None:
    first = learn(History(), _run({"a": 1.0, "b": 2.0}))
    assert learn(first, _run({"a": 3.0})).files["b"] == FileHistory((2.0,), 3)


def test_the_last_five_runs_are_kept() -> None:
    known = History()
    for second in range(8):
        known = learn(known, _run({"a": float(second)}))
    assert known.files["a"].seconds == (3.0, 4.0, 5.0, 6.0, 7.0)


def test_start_up_is_kept_apart_for_one_process_and_for_workers() -> None:
    known = learn(History(), _run({"a": 1.0}, ready=0.4))
    known = learn(known, _run({"a": 1.0}, ready=1.9, workers=4))
    assert known.ready_seconds == (0.4,)
    assert known.ready_seconds_with_workers == (1.9,)
