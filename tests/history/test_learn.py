from __future__ import annotations

from moonpool.history import FileHistory, FileRun, History, RunRecord, StartRun, learn, merge


def _run(
    seconds: dict[str, float],
    *,
    machine: str = "m",
    content: str = "c",
    start: StartRun | None = None,
    day: int = 0,
) -> RunRecord:
    files = {name: FileRun(value, 3, content) for name, value in seconds.items()}
    return RunRecord(machine, files, start, day)


def _seconds(known: History, name: str = "a", machine: str = "m") -> list[float]:
    return [run.seconds for run in known.files[name].runs[machine]]


def test_a_run_adds_its_files() -> None:
    known = learn(History(), _run({"tests/test_a.py": 1.5}, day=7))
    assert known.files == {"tests/test_a.py": FileHistory({"m": (FileRun(1.5, 3, "c"),)}, 7)}


def test_files_that_did_not_run_keep_what_they_had() -> None:
    known = learn(learn(History(), _run({"a": 1.0, "b": 2.0})), _run({"a": 3.0}))
    assert _seconds(known, "b") == [2.0]


def test_the_last_five_runs_are_kept() -> None:
    known = History()
    for second in range(8):
        known = learn(known, _run({"a": float(second)}))
    assert _seconds(known) == [3.0, 4.0, 5.0, 6.0, 7.0]


def test_a_branch_with_another_content_pushes_nothing_out() -> None:
    known = learn(History(), _run({"a": 1.0}, content="main"))
    for second in range(10, 18):
        known = learn(known, _run({"a": float(second)}, content="branch"))
    assert _seconds(known) == [1.0, 13.0, 14.0, 15.0, 16.0, 17.0]


def test_of_many_contents_the_last_three_are_kept() -> None:
    known = History()
    for second in range(5):
        known = learn(known, _run({"a": float(second)}, content=f"c{second}"))
    assert _seconds(known) == [2.0, 3.0, 4.0]


def test_machines_are_kept_apart_and_the_last_three_of_them() -> None:
    known = History()
    for machine in ("old", "laptop", "ci-1", "old", "ci-2"):
        known = learn(known, _run({"a": 1.0}, machine=machine))
    assert list(known.files["a"].runs) == ["ci-1", "old", "ci-2"]
    assert _seconds(known, machine="old") == [1.0, 1.0]


def test_a_file_that_nobody_runs_any_more_is_forgotten() -> None:
    known = learn(History(), _run({"gone": 1.0, "a": 1.0}, day=100))
    known = learn(known, _run({"a": 1.0}, day=160))
    assert sorted(known.files) == ["a", "gone"]
    assert sorted(learn(known, _run({"a": 1.0}, day=161)).files) == ["a"]


def test_starts_are_kept_apart_for_one_process_and_for_workers() -> None:
    known = History()
    for number in range(7):
        alone = StartRun(0, float(number), 0.3, 2.0)
        known = learn(known, _run({"a": 1.0}, start=alone))
    shared = StartRun(4, 2.0, 0.8, 2.0)
    known = learn(known, _run({"a": 1.0}, start=shared))
    assert [run.seconds for run in known.starts["m"]] == [2.0, 3.0, 4.0, 5.0, 6.0, 2.0]


def test_merging_knows_what_either_knew() -> None:
    ours = learn(History(), _run({"a": 3.0, "b": 1.0}, day=5))
    theirs = learn(History(), _run({"a": 1.0, "c": 1.0}, start=StartRun(0, 1.0, 0.3, 2.0)))
    both = merge(ours, theirs)
    assert sorted(both.files) == ["a", "b", "c"]
    assert _seconds(both) == [1.0, 3.0]
    assert both.files["a"].day == 5
    assert both.starts == theirs.starts


def test_merging_twice_changes_nothing() -> None:
    ours = learn(History(), _run({"a": 3.0}))
    theirs = learn(History(), _run({"a": 1.0}, machine="ci"))
    once = merge(ours, theirs)
    assert merge(once, theirs) == once
