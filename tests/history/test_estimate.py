from __future__ import annotations

import pytest

from moonpool.history import FileHistory, History, estimate


def test_a_known_file_takes_the_median_of_its_last_runs() -> None:
    known = History({"a": FileHistory((1.0, 30.0, 2.0), 4)})
    assert estimate(known, {"a": 4}).file_seconds == (2.0,)


def test_a_new_file_takes_its_tests_times_the_projects_median() -> None:
    known = History({"a": FileHistory((2.0,), 4), "b": FileHistory((1.0,), 2)})
    assert estimate(known, {"a": 4, "b": 2, "new": 10}).file_seconds == (5.0, 2.0, 1.0)


def test_a_file_without_visible_tests_is_not_taken_for_nothing() -> None:
    assert estimate(History(), {"a": 0}, seconds_per_test=0.5).file_seconds == (0.5,)


def test_an_unknown_project_is_estimated_from_its_tests() -> None:
    costs = estimate(History(), {"a": 100, "b": 300}, seconds_per_test=0.01)
    assert costs.file_seconds == (3.0, 1.0)
    assert not costs.measured


def test_deleted_files_do_not_count() -> None:
    known = History({"gone": FileHistory((100.0,), 4), "a": FileHistory((1.0,), 1)})
    costs = estimate(known, {"a": 1})
    assert costs.file_seconds == (1.0,)
    assert costs.measured


def test_the_start_of_workers_is_what_they_took_longer_than_one_process() -> None:
    known = History({}, ready_seconds=(0.5, 0.6, 0.4), ready_seconds_with_workers=(2.5,))
    assert estimate(known, {}).start_seconds == 2.0


def test_a_slow_import_makes_an_unmeasured_worker_dearer() -> None:
    quick = estimate(History({}, ready_seconds=(0.2,)), {}).start_seconds
    slow = estimate(History({}, ready_seconds=(4.2,)), {}).start_seconds
    assert slow - quick == pytest.approx(2.0)
