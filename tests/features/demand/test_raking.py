"""Raking: known totals are met, or it is said which can't be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.demand.raking import Margin, rake
from features.errors import RakingError

POSITIVE = st.floats(0.01, 1e4)


@given(
    st.lists(st.lists(POSITIVE, min_size=3, max_size=3), min_size=2, max_size=6),
    st.lists(POSITIVE, min_size=18, max_size=18),
)
def test_every_margin_is_met_to_a_billionth(truth: list[list[float]], start: list[float]) -> None:
    known = np.array(truth)
    row, column = np.indices(known.shape).reshape(2, -1)
    margins = [Margin(row, known.sum(axis=1)), Margin(column, known.sum(axis=0))]
    begun = np.array(start)[: known.size]
    held = begun * rake(begun, margins).factor
    np.testing.assert_allclose(np.bincount(row, held), margins[0].target, rtol=1e-9)
    np.testing.assert_allclose(np.bincount(column, held), margins[1].target, rtol=1e-9)


def test_odds_between_cells_stay_as_they_were() -> None:
    start = np.array([8.0, 2.0, 3.0, 5.0])
    row, column = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    margins = [Margin(row, np.array([50.0, 20.0])), Margin(column, np.array([30.0, 40.0]))]
    held = start * rake(start, margins).factor
    odds = held[0] * held[3] / (held[1] * held[2])
    assert odds == pytest.approx(8 * 5 / (2 * 3))


def test_margins_of_other_totals_are_brought_to_the_first_one() -> None:
    start = np.ones(4)
    row, column = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    raked = rake(start, [Margin(row, np.array([30.0, 10.0])), Margin(column, np.array([1.0, 3.0]))])
    assert raked.agreed == pytest.approx((40.0, 40.0))
    assert np.bincount(column, raked.factor).tolist() == pytest.approx([10.0, 30.0])


def test_a_class_that_nobody_advertises_for_is_told_and_not_met() -> None:
    raked = rake(np.array([1.0, 0.0]), [Margin(np.array([0, 1]), np.array([5.0, 7.0]))])
    assert raked.unmet[0].tolist() == [False, True]
    assert raked.factor[0] == pytest.approx(5.0)


def test_cells_outside_a_margin_are_left_alone() -> None:
    raked = rake(np.ones(3), [Margin(np.array([0, 0, -1]), np.array([10.0]))])
    assert raked.factor.tolist() == pytest.approx([5.0, 5.0, 1.0])


def test_margins_that_contradict_each_other_are_an_error() -> None:
    start = np.array([1.0, 0.0, 0.0, 1.0])
    row, column = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    margins = [Margin(row, np.array([3.0, 1.0])), Margin(column, np.array([1.0, 3.0]))]
    with pytest.raises(RakingError, match="contradict"):
        rake(start, margins)


@pytest.mark.parametrize("start", [np.array([-1.0, 1.0]), np.array([np.nan, 1.0])])
def test_what_is_no_weight_is_refused(start: np.ndarray) -> None:
    with pytest.raises(RakingError, match="negative or not finite"):
        rake(start, [Margin(np.array([0, 0]), np.array([1.0]))])
