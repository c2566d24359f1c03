import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as reference_log_loss

from training.metrics.calibration import (
    brier,
    calibration_line,
    expected_calibration_error,
    list_miscalibration,
    log_loss,
    reliability_table,
)

Cases = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def cases() -> Cases:
    """Twenty thousand cases that come true as often as told."""
    rng = np.random.default_rng(4)
    told = rng.beta(1.5, 6.0, 20_000)
    return told, (rng.random(20_000) < told).astype(np.float64)


def test_brier_and_log_loss_agree_with_scikit_learn(cases: Cases) -> None:
    told, true = cases
    assert brier(told, true) == pytest.approx(brier_score_loss(true, told))
    assert log_loss(told, true) == pytest.approx(reference_log_loss(true, told))


def test_a_certainty_that_fails_costs_much_and_not_everything() -> None:
    assert log_loss(np.array([1.0]), np.array([0.0])) == pytest.approx(-np.log(1e-12), rel=1e-4)
    assert log_loss(np.array([1.0]), np.array([1.0])) == pytest.approx(0.0, abs=1e-9)


def test_honest_probabilities_are_calibrated(cases: Cases) -> None:
    line = calibration_line(*cases)
    assert line.slope == pytest.approx(1.0, abs=0.06)
    assert line.intercept == pytest.approx(0.0, abs=0.06)
    assert expected_calibration_error(*cases) < 0.012


def moved(told: np.ndarray, slope: float, shift: float) -> np.ndarray:
    odds = np.log(told / (1 - told))
    return np.asarray(1 / (1 + np.exp(-(odds - shift) / slope)))


@pytest.mark.parametrize(("slope", "shift"), [(0.5, 0.0), (2.0, 0.0), (1.0, -1.0)])
def test_a_bent_probability_is_found_out(cases: Cases, slope: float, shift: float) -> None:
    """Bent so that the true log-odds are slope x told + shift."""
    told, true = moved(cases[0], slope, shift), cases[1]
    line = calibration_line(told, true)
    assert line.slope == pytest.approx(slope, rel=0.08)
    if slope == 1.0:
        assert line.intercept == pytest.approx(shift, abs=0.06)
    assert expected_calibration_error(told, true) > 3 * expected_calibration_error(*cases)
    assert brier(told, true) > brier(*cases)


def test_a_line_that_no_data_tell_is_none() -> None:
    same = calibration_line(np.full(10, 0.3), np.array([0.0, 1.0] * 5))
    assert np.isnan(same.slope)
    assert same.intercept == pytest.approx(-np.log(0.3 / 0.7))
    parted = calibration_line(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert np.isnan(parted.slope)
    never = calibration_line(np.array([0.1, 0.2]), np.zeros(2))
    assert np.isnan(never.slope)
    assert np.isnan(never.intercept)


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_bins_hold_all_cases_in_order_and_never_part_equals(seed: int, bins: int) -> None:
    rng = np.random.default_rng(seed)
    told = rng.integers(0, 6, 40) / 6
    table = reliability_table(told, rng.integers(0, 2, 40).astype(np.float64), bins)
    assert table["n"].sum() == 40
    assert table.height <= bins
    assert table["told"].is_sorted()
    assert table["bin"].to_list() == list(range(1, table.height + 1))
    for value in np.unique(told):
        first = np.searchsorted(np.sort(told), value)
        held = table["n"].cum_sum().to_list()
        assert sum(end <= first for end in held) == sum(
            end < first + (told == value).sum() for end in held
        )


def test_bins_are_of_equal_mass(cases: Cases) -> None:
    assert reliability_table(*cases)["n"].to_list() == [2_000] * 10


def test_nothing_told_has_no_error() -> None:
    assert np.isnan(expected_calibration_error(np.zeros(0), np.zeros(0)))


def test_a_list_in_the_proportions_of_the_past_is_calibrated() -> None:
    kinds = np.eye(2)
    past = np.array([[0.5, 0.5], [1.0, 0.0], [0.75, 0.25]])
    lists = np.array([[0, 1], [0, -1], [0, 1]])
    told = list_miscalibration(lists, kinds, past, 2)
    assert told[:2] == pytest.approx([0.0, 0.0])
    mixed = 0.99 * np.array([0.5, 0.5]) + 0.01 * past[2]
    assert told[2] == pytest.approx((past[2] * np.log(past[2] / mixed)).sum())


def test_crowding_out_the_smaller_interest_is_worse_the_more_it_happens() -> None:
    """Seven parts romance, three parts action: Steck's example."""
    kinds, past = np.eye(2), np.array([[0.7, 0.3]] * 3)
    lists = np.array([[0] * 7 + [1] * 3, [0] * 9 + [1], [0] * 10])
    fair, few, none = list_miscalibration(lists, kinds, past, 10)
    assert fair == pytest.approx(0.0, abs=1e-12)
    assert fair < few < none <= -np.log(0.01)


def test_without_a_past_or_a_list_nothing_is_told() -> None:
    lists, past = np.array([[0], [-1]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    assert np.isnan(list_miscalibration(lists, np.eye(2), past, 1)).all()
