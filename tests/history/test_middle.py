from __future__ import annotations

import statistics

from hypothesis import given
from hypothesis import strategies as st

from moonpool.history.middle import median


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_it_is_the_median(values: list[int]) -> None:
    assert median(values) == statistics.median(values)
