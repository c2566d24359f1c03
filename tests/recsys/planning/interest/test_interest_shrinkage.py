"""Counts lean on what is expected of them, the more the less they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.planning.interest.shrinkage import STEEPEST, fitted_shape, shrunk


@given(
    counts=st.lists(st.floats(0, 500), min_size=1, max_size=8),
    shape=st.floats(0.2, 200),
    expected=st.floats(0.01, 500),
)
def test_a_level_lies_between_the_count_and_its_expectation(
    counts: list[float], shape: float, expected: float
) -> None:
    w, e = np.array(counts), np.full(len(counts), expected)
    found = shrunk(w, e, shape)
    assert (found.mean >= np.minimum(w, e) - 1e-9).all()
    assert (found.mean <= np.maximum(w, e) + 1e-9).all()
    assert (found.low <= found.high).all()


def test_what_nothing_is_expected_of_stands() -> None:
    found = shrunk(np.array([7.0, 0.0]), np.zeros(2), 3.0)
    assert found.mean.tolist() == [7.0, 0.0]
    assert found.low[0] < 7 < found.high[0]


def test_intervals_hold_nine_of_ten_true_levels() -> None:
    rng = np.random.default_rng(5)
    expected = rng.uniform(0.5, 10, 4000)
    theta = rng.gamma(3.0, 1 / 3.0, 4000)
    counts = rng.poisson(expected * theta).astype(np.float64)
    shape = fitted_shape(counts, expected)
    assert shape == pytest.approx(3.0, rel=0.15)
    found = shrunk(counts, expected, shape)
    inside = (found.low <= expected * theta) & (expected * theta <= found.high)
    assert 0.88 < inside.mean() < 0.92
    raw, leaned = counts - expected * theta, found.mean - expected * theta
    assert np.square(leaned).mean() < 0.8 * np.square(raw).mean()


def test_towns_that_hardly_differ_are_all_alike() -> None:
    expected = np.full(500, 20.0)
    counts = np.random.default_rng(1).poisson(expected).astype(np.float64)
    assert fitted_shape(counts, expected) > 50
    assert fitted_shape(np.zeros(0), np.zeros(0)) == STEEPEST
