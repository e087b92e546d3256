from __future__ import annotations

from moonpool.budget import THREAD_VARIABLES, thread_environment


def test_threads_are_divided_among_the_workers() -> None:
    assert set(thread_environment(4, 16.0, {}).values()) == {"4"}
    assert set(thread_environment(4, 16.0, {})) == set(THREAD_VARIABLES)


def test_each_worker_keeps_one_thread() -> None:
    assert thread_environment(4, 2.0, {})["OPENBLAS_NUM_THREADS"] == "1"


def test_what_the_user_set_stands() -> None:
    changes = thread_environment(2, 8.0, {"MKL_NUM_THREADS": "7"})
    assert "MKL_NUM_THREADS" not in changes
    assert changes["OMP_NUM_THREADS"] == "4"


def test_the_users_word_for_openmp_speaks_for_all() -> None:
    assert thread_environment(2, 8.0, {"OMP_NUM_THREADS": "8"}) == {}


def test_one_process_keeps_the_machine() -> None:
    assert thread_environment(0, 8.0, {}) == {}
    assert thread_environment(1, 8.0, {}) == {}
