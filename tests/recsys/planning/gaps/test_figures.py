"""Draws, the two groups of cells, and the order, held against what is known of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincinv

from recsys.planning.gaps.draws import Beliefs, Vacancies, figures, gamma_from
from recsys.planning.gaps.filling import marked
from recsys.planning.gaps.ranking import FALSE_SHARE, discovered, scores
from recsys.planning.gaps.seekers import Seekers, filled


def beliefs(level: float, seekers: float, supply: float, count: int = 1) -> Beliefs:
    full = np.full(count, 1.0)
    held = Seekers(seekers * full, 0.1 * full, seekers * full, 0.1 * full, 0 * full, full, full)
    ends = 0.6 * level * full, 1.5 * level * full
    known = Vacancies(
        level * full, *ends, level * full, 0.8 * level * full, 1.2 * level * full, full
    )
    return Beliefs(known, held, supply * full, 0.05 * full)


@given(st.floats(0.2, 500.0), st.floats(0.01, 1e4))
def test_a_gamma_is_found_again_by_its_ends(shape: float, mean: float) -> None:
    low, high = (np.array([gammaincinv(shape, end) / shape * mean]) for end in (0.05, 0.95))
    found_mean, found_shape = gamma_from(low, high)
    assert found_mean[0] == pytest.approx(mean, rel=0.01)
    assert found_shape[0] == pytest.approx(shape, rel=0.02)


def test_more_supply_makes_every_figure_smaller() -> None:
    short, met = (figures(beliefs(20, 5, it), np.random.default_rng(1)) for it in (1.0, 14.0))
    for name in ("gap", "gap_low", "gap_high", "tau", "tau_low", "probability"):
        assert getattr(short, name)[0] > getattr(met, name)[0]
    assert short.gap[0] == pytest.approx(14.0, rel=0.03)


def test_equal_beliefs_have_equal_figures_wherever_they_stand() -> None:
    """Common random numbers: luck has no part in the order."""
    told = figures(beliefs(8, 7, 0.5, count=5_000), np.random.default_rng(1), draws=200)
    assert len(set(told.tau_low.tolist())) == 1
    assert len(set(told.probability.tolist())) == 1


def test_nobody_wanted_is_no_gap() -> None:
    told = figures(beliefs(0.0, 3, 0.0), np.random.default_rng(1))
    assert told.gap[0] == 0
    assert told.probability[0] == 0
    assert told.gap_high[0] <= 0


def test_cells_that_differ_are_marked_and_noise_is_not() -> None:
    rng = np.random.default_rng(3)
    error, prior = 0.1, 0.25
    true = np.where(np.arange(3_000) < 60, 0.45, 0.0)
    said = true + rng.normal(0, error, len(true))
    precision = error**-2 + prior**-2
    chance = marked(said * error**-2 / precision, np.full(len(true), precision**-0.5))
    assert chance[:60].mean() > 0.7
    assert (chance[60:] > 0.5).mean() < 0.01


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_few_of_the_found_are_expected_to_be_none(cells: list[tuple[float, bool]]) -> None:
    chance, apart = np.array([it for it, _ in cells]), np.array([it for _, it in cells])
    found = discovered(chance, apart)
    assert not (found & ~apart).any()
    if found.any():
        assert (1 - chance[found]).mean() <= FALSE_SHARE + 1e-12
        assert chance[found].min() >= chance[apart & ~found].max(initial=0.0)


def test_a_sure_small_shortage_stands_before_a_large_unsure_one() -> None:
    order = scores(
        np.array([0.1, -0.1, -0.01]), np.array([0.5, 90, 9]), np.array([1.0, 30, 2]), np.ones(3)
    )
    assert np.argsort(-order).tolist() == [0, 1, 2]


@given(st.floats(10, 60), st.lists(st.floats(0.01, 50), min_size=2, max_size=12))
def test_a_pool_is_shared_whole_and_hidden_cells_stay_under_ten(
    total: float, weights: list[float]
) -> None:
    share = filled(total, np.array(weights))
    assert share.sum() == pytest.approx(total)
    if total <= 9 * len(weights):
        assert share.max() <= 9 + 1e-9
