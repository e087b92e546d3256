from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.units import format_bytes, format_count, format_seconds, parse_bytes, parse_seconds


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("512", 512),
        ("1k", 1024),
        ("512MiB", 512 * 2**20),
        ("2G", 2 * 2**30),
        ("1.5 GiB", 3 * 2**29),
        ("3MB", 3_000_000),
        ("1TiB", 2**40),
    ],
)
def test_sizes_are_read(text: str, count: int) -> None:
    assert parse_bytes(text) == count


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("90s", 90.0), ("5m", 300.0), ("250ms", 0.25), ("2h", 7200)]
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "lots", "-1", "1 parsec", "GiB", "1..2"])
def test_nonsense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="512MiB or 2GiB"):
        parse_bytes(text)
    with pytest.raises(ValueError, match="90s or 5m"):
        parse_seconds(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (2**30, "1.0 GiB"), (5 * 2**40, "5.0 TiB")],
)
def test_sizes_are_written_with_the_largest_unit(count: int, text: str) -> None:
    assert format_bytes(count) == text


@given(st.integers(0, 2**50))
def test_a_written_size_is_read_back_to_within_its_rounding(count: int) -> None:
    assert parse_bytes(format_bytes(count)) == pytest.approx(count, rel=0.05)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0854, "85 ms"), (3.21, "3.2 s"), (59.94, "59.9 s"), (125.4, "2 min 5 s")],
)
def test_times_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 CPUs"), (0.5, "0.5 CPUs"), (1, "1 CPU"), (1.0, "1 CPU"), (2, "2 CPUs")],
)
def test_a_count_agrees_with_its_noun(count: float, text: str) -> None:
    assert format_count(count, "CPU") == text
