"""Quantiles of a sample."""

import statistics

import pytest
from forecast import ForecastError, quantile


@pytest.mark.parametrize(("share", "value"), [(0, 1), (0.5, 3), (1, 5), (0.25, 2), (0.1, 1.4)])
def test_a_quantile_is_interpolated(share: float, value: float) -> None:
    assert quantile([1, 2, 3, 4, 5], share) == pytest.approx(value)


def test_one_value_is_every_quantile() -> None:
    assert {quantile([7], share) for share in (0, 0.3, 1)} == {7}


def test_deciles_are_those_of_the_standard_library() -> None:
    sample = sorted((number * 7919) % 1000 for number in range(101))
    expected = statistics.quantiles(sample, n=10, method="inclusive")
    assert [quantile(sample, tenth / 10) for tenth in range(1, 10)] == pytest.approx(expected)


@pytest.mark.parametrize(("sample", "share"), [([], 0.5), ([1.0], -0.1), ([1.0], 1.1)])
def test_no_sample_and_no_share_are_refused(sample: list[float], share: float) -> None:
    with pytest.raises(ForecastError, match=f"found {len(sample)} values and a share of {share}"):
        quantile(sample, share)
