from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.schedule import worthwhile_workers


def _worthwhile(workers: int, most: int, left: float, start: float, units: int = 99) -> int:
    return worthwhile_workers(
        workers, most, left_seconds=left, left_units=units, start_seconds=start
    )


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (1.9, 1),  # a second worker would save 0.95 s
        (2.1, 2),  # a second saves 1.05 s, a third only 0.35 s
        (6.1, 3),  # a third saves 1.02 s, a fourth only 0.51 s
        (600.0, 8),
    ],
)
def test_a_worker_is_added_as_long_as_it_saves_more_than_its_start(
    left: float, expected: int
) -> None:
    assert _worthwhile(1, 8, left, start=1.0) == expected


def test_no_more_are_started_than_there_are_files_beyond_the_next_one() -> None:
    assert _worthwhile(1, 8, 600.0, 1.0, units=3) == 3
    assert _worthwhile(1, 8, 600.0, 1.0, units=1) == 1
    assert _worthwhile(2, 8, 0.0, 1.0, units=0) == 2


@given(
    st.integers(0, 20), st.integers(1, 20), st.floats(0, 1e4), st.floats(0, 100), st.integers(0, 50)
)
def test_it_never_shrinks_and_stays_within_the_most(
    workers: int, most: int, left: float, start: float, units: int
) -> None:
    found = _worthwhile(workers, most, left, start, units)
    assert max(1, workers) <= found <= max(1, workers, most)
