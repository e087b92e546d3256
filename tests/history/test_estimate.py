from __future__ import annotations

from moonpool.history import (
    Estimate,
    FileHistory,
    FileRun,
    History,
    SourceFile,
    digest,
    estimate,
    predict,
)

MIB = 2**20


def _file(*seconds: float, tests: int = 4, content: str = "", machine: str = "m") -> FileHistory:
    return FileHistory({machine: tuple(FileRun(value, tests, content) for value in seconds)})


def _estimate(known: History, files: dict[str, int], per_test: float = 0.01) -> Estimate:
    on_disk = {name: SourceFile(tests) for name, tests in files.items()}
    return estimate(known, "m", on_disk, seconds_per_test=per_test)


def test_a_known_file_takes_the_median_of_its_last_runs() -> None:
    known = History({"a": _file(1.0, 30.0, 2.0)})
    assert _estimate(known, {"a": 4}).file_seconds == (2.0,)


def test_a_new_file_takes_its_tests_times_the_projects_median() -> None:
    known = History({"a": _file(2.0, tests=4), "b": _file(1.0, tests=2)})
    assert _estimate(known, {"a": 4, "b": 2, "new": 10}).file_seconds == (5.0, 2.0, 1.0)


def test_a_file_without_visible_tests_is_not_taken_for_nothing() -> None:
    assert _estimate(History(), {"a": 0}, 0.5).file_seconds == (0.5,)


def test_an_unknown_project_is_estimated_from_its_tests() -> None:
    costs = _estimate(History(), {"a": 100, "b": 300})
    assert costs.file_seconds == (3.0, 1.0)
    assert costs.tests == 400
    assert not costs.measured
    assert costs.worker_cpus is costs.worker_bytes is None


def test_deleted_files_do_not_count() -> None:
    costs = _estimate(History({"gone": _file(100.0), "a": _file(1.0, tests=1)}), {"a": 1})
    assert costs.file_seconds == (1.0,)
    assert costs.tests == 1
    assert costs.measured


def test_a_renamed_file_is_known_by_its_content() -> None:
    same = digest(b"def test_it(): ...")
    known = History({"old.py": _file(7.0, content=same), "a.py": _file(1.0, content=same)})
    files = {"new.py": SourceFile(1, same), "a.py": SourceFile(1, same)}
    assert estimate(known, "m", files, seconds_per_test=0.01).file_seconds == (7.0, 1.0)
    assert predict(known, "m", files, seconds_per_unknown_test=0.01).file_seconds["new.py"] == 7.0


def test_enough_runs_of_the_present_content_speak_alone() -> None:
    runs = [FileRun(9.0, 1, "main")] * 5 + [FileRun(1.0, 1, "branch")] * 3
    known = History({"a": FileHistory({"m": tuple(runs)})})
    for content, seconds in (("branch", 1.0), ("main", 9.0), ("third", 1.0)):
        files = {"a": SourceFile(1, content)}
        assert estimate(known, "m", files, seconds_per_test=0.01).file_seconds == (seconds,)


def test_one_run_of_a_new_content_is_not_believed_alone() -> None:
    runs = [FileRun(1.0, 1, "before")] * 3 + [FileRun(60.0, 1, "now")]
    known = History({"a": FileHistory({"m": tuple(runs)})})
    files = {"a": SourceFile(1, "now")}
    assert estimate(known, "m", files, seconds_per_test=0.01).file_seconds == (1.0,)


def test_seconds_of_another_machine_are_scaled_by_the_files_known_on_both() -> None:
    both = {"ci": (FileRun(4.0, 1),), "m": (FileRun(1.0, 1),)}
    only = {"ci": (FileRun(8.0, 1),)}
    known = History({"a": FileHistory(both), "b": FileHistory(only)})
    assert _estimate(known, {"a": 1, "b": 1}).file_seconds == (2.0, 1.0)


def test_seconds_of_another_machine_are_better_than_none() -> None:
    known = History({"a": _file(3.0, machine="ci")})
    assert _estimate(known, {"a": 1}).file_seconds == (3.0,)


def test_a_worker_weighs_what_its_seconds_spent_on_cpus() -> None:
    known = History(
        {
            "sleeps": FileHistory({"m": (FileRun(3.0, 1, cpus=0.1),)}),
            "computes": FileHistory({"m": (FileRun(1.0, 1, cpus=2.0),)}),
        }
    )
    weight = _estimate(known, {"sleeps": 1, "computes": 1}).worker_cpus
    assert weight is not None
    assert abs(weight - (0.3 + 2.0) / 4.0) < 1e-9
    asleep = History({"sleeps": FileHistory({"m": (FileRun(3.0, 1, cpus=0.0),)})})
    assert _estimate(asleep, {"sleeps": 1}).worker_cpus == 0.05


def test_a_worker_needs_the_memory_of_its_largest_file_and_a_quarter_more() -> None:
    one_bad_run = tuple(FileRun(1.0, 1, peak_bytes=peak * MIB) for peak in (80, 900, 100))
    known = History(
        {"a": FileHistory({"m": one_bad_run}), "b": FileHistory({"m": (FileRun(1.0, 1),)})}
    )
    assert _estimate(known, {"a": 1, "b": 1}).worker_bytes == 125 * MIB
    assert _estimate(known, {"b": 1}).worker_bytes is None


def test_predictions_tell_with_how_many_tests_a_file_took_its_seconds() -> None:
    known = predict(
        History({"a": _file(6.0, tests=3), "b": _file(1.0, tests=1)}),
        "m",
        seconds_per_unknown_test=0.01,
    )
    assert known.file_seconds == {"a": 6.0, "b": 1.0}
    assert known.file_tests == {"a": 3, "b": 1}
    assert known.seconds_per_test == 1.5
