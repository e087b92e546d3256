"""A series with a trend and seasons that the tests know exactly."""

import math

import pytest


@pytest.fixture
def seasonal() -> list[float]:
    """Five years of months: 1000 at first, 10 more each month, 200 up and down in a year."""
    return [1000 + 10 * month + 200 * math.sin(math.tau * month / 12) for month in range(60)]
