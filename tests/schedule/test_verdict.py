from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moonpool.schedule import Unit, advice, lower_bound, verdict


def _units(files: dict[str, float]) -> list[Unit]:
    return [Unit(name, (number,), files[name]) for number, name in enumerate(files)]


def _verdict(files: dict[str, float], *, tests: int, workers: int, seconds: float) -> str:
    bound = lower_bound(_units(files), workers)
    return verdict(bound, tests=tests, workers=workers, seconds=seconds)


def _advice(files: dict[str, float], workers: int) -> str | None:
    units = _units(files)
    return advice(lower_bound(units, workers), units, workers)


def test_a_run_is_measured_against_what_its_work_allows() -> None:
    files = {f"tests/test_{number}.py": 10.0 for number in range(8)}
    assert _verdict(files, tests=412, workers=4, seconds=21.3) == (
        "412 tests in 21.3 s on 4 workers, 94 % of what this work allows (bound 20.0 s)"
    )
    assert _advice(files, 4) is None


def test_the_file_that_is_the_bound_is_named_with_what_cutting_it_would_bring() -> None:
    files = {"tests/test_close.py": 36.0, "tests/test_a.py": 9.0, "tests/test_b.py": 9.0}
    assert _verdict(files, tests=412, workers=4, seconds=40.0) == (
        "412 tests in 40.0 s on 4 workers, 90 % of what this work allows "
        "(bound 36.0 s: tests/test_close.py)"
    )
    assert _advice(files, 4) == (
        "no number of workers makes this shorter than `tests/test_close.py`: cut in two files it "
        "would take 18.0 s (`split = true` cuts where tests share no state)"
    )


def test_a_file_that_is_hardly_the_bound_is_left_alone() -> None:
    files = {"a": 10.5, "b": 10.0, "c": 10.0, "d": 10.0}
    sentence = _verdict(files, tests=4, workers=4, seconds=11.0)
    assert sentence.endswith("(bound 10.5 s: a)")
    assert _advice(files, 4) is None


def test_two_files_that_must_share_a_worker_are_told_by_the_shorter_one() -> None:
    sentence = _verdict({"a": 10.0, "b": 9.0, "c": 8.0}, tests=3, workers=2, seconds=17.0)
    assert sentence.endswith("100 % of what this work allows (bound 17.0 s: c)")


@given(
    st.dictionaries(st.text(max_size=3), st.floats(0, 100), max_size=8),
    st.integers(1, 8),
    st.floats(0, 1000),
)
def test_no_run_is_better_than_its_bound(
    files: dict[str, float], workers: int, seconds: float
) -> None:
    sentence = _verdict(files, tests=1, workers=workers, seconds=seconds)
    share = int(sentence.partition("workers, ")[2].partition(" %")[0])
    assert 0 <= share <= 100
