import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from training.metrics.exposure import disparity_ratio, exposure, exposure_ratios, gini, shares

Shares = NDArray[np.float64]


@st.composite
def share_pairs(draw: st.DrawFn) -> tuple[Shares, Shares]:
    """Shares of exposure and of supply of one to nine groups."""
    n = draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    exposed, supply = rng.random(n) + 0.01, rng.random(n) + 0.01
    return exposed / exposed.sum(), supply / supply.sum()


@given(share_pairs())
def test_exposure_in_proportion_to_supply_is_fair(pair: tuple[Shares, Shares]) -> None:
    _, supply = pair
    assert exposure_ratios(supply, supply) == pytest.approx(np.ones(len(supply)))
    assert disparity_ratio(supply, supply) == pytest.approx(1.0)
    assert gini(supply, supply) == pytest.approx(0.0, abs=1e-9)


@given(share_pairs())
def test_unfairness_lies_between_none_and_all(pair: tuple[Shares, Shares]) -> None:
    assert -1e-9 <= gini(*pair) < 1
    assert 0 <= disparity_ratio(*pair) <= 1 + 1e-12


@given(share_pairs(), st.integers(0, 10_000))
def test_the_order_of_groups_changes_nothing(pair: tuple[Shares, Shares], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(pair[0]))
    exposed, supply = pair
    assert gini(exposed[order], supply[order]) == pytest.approx(gini(*pair), abs=1e-12)
    assert disparity_ratio(exposed[order], supply[order]) == pytest.approx(disparity_ratio(*pair))


@given(share_pairs())
def test_splitting_a_group_evenly_changes_nothing(pair: tuple[Shares, Shares]) -> None:
    halves = [np.concatenate([side / 2, side / 2]) for side in pair]
    assert gini(halves[0], halves[1]) == pytest.approx(gini(*pair), abs=1e-9)


def test_one_of_four_shown_alone_is_nearly_as_unfair_as_can_be() -> None:
    """Three quarters of the seats are never seen: 1 - 1/4."""
    exposed, supply = np.array([1.0, 0, 0, 0]), np.full(4, 0.25)
    assert gini(exposed, supply) == pytest.approx(0.75)
    assert disparity_ratio(exposed, supply) == 0.0


def test_nearer_the_top_is_seen_more() -> None:
    first, second, third = exposure(np.array([[0, 1, 2]]), 3)
    assert first > second > third > 0
    assert first == 1.0


def test_nothing_shown_is_unknown_not_fair() -> None:
    nothing = exposure(np.full((3, 2), -1), 2)
    assert nothing.tolist() == [0.0, 0.0]
    exposed = shares(nothing, np.array([0, 1]), 2)
    assert np.isnan(gini(exposed, np.array([0.5, 0.5])))
    assert np.isnan(disparity_ratio(exposed, np.array([0.5, 0.5])))


def test_a_group_without_supply_is_left_out() -> None:
    exposed, supply = np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.5, 0.0])
    assert np.isnan(exposure_ratios(exposed, supply)[2])
    assert gini(exposed, supply) == pytest.approx(0.0)
    assert disparity_ratio(exposed, supply) == pytest.approx(1.0)
