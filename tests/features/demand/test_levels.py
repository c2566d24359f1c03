"""Levels: thin cells lean on their prior, thick ones stand, and nothing is lost on the way."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.demand.counts import effective
from features.demand.estimate import estimate, expectation, forecast, make_cells
from features.demand.fit import fit_model
from features.demand.grid import Grid
from features.demand.intervals import calibrate, quantiles, stretched
from features.demand.rollup import LEVELS, by_level, discounted, level_used
from features.demand.shrinkage import DemandModel, expect, filter_levels, shape_of
from features.demand.trend import trends

MODEL = DemandModel(discount=0.95, dispersion=20.0, prior_variance=0.2)


def off_prior(counts: np.ndarray, grid: Grid) -> tuple[float, float]:
    """Of one cell with thrice its neighbours' ads: what its own ads say, what the model says."""
    expected = expect(counts, grid)
    found = filter_levels(expected, MODEL)
    prior = expected.after[-1, 0, 0] * counts[-1, 0].sum()
    level = prior * found.alpha[-1, 0, 0] / found.beta[-1, 0, 0]
    return counts[-1, 0, 0] / prior, level / prior


def test_a_thin_cell_leans_on_its_prior_and_a_thick_one_stands(
    make_axes: Callable[..., Grid],
) -> None:
    grid = make_axes(12, 5, 20)
    plain = np.ones(grid.shape)
    plain[:, 0, 0] = 3.0
    own_thin, thin = off_prior(plain * 0.05, grid)
    own_thick, thick = off_prior(plain * 50, grid)
    assert own_thin > 2
    assert 1 < thin < 1 + 0.5 * (own_thin - 1)
    assert thick == pytest.approx(own_thick, rel=0.02)


@given(st.floats(3.0, 500.0), st.floats(1.1, 10.0))
def test_more_ads_behind_the_same_estimate_never_make_its_interval_wider(
    mean: float, more: float
) -> None:
    def width(ads: float) -> float:
        shape = shape_of(np.array([1 + ads]), MODEL)
        low, high = quantiles(np.array([mean]), shape, 1.0)
        return float(high[0] - low[0])

    assert width(mean * more) <= width(mean) + 1e-9


@given(st.integers(0, 10_000))
def test_ends_lie_on_either_side_of_the_estimate(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, shape = rng.gamma(1, 5, 40), rng.gamma(2, 5, 40)
    low, high = quantiles(mean, shape, 1.5)
    assert (low >= 0).all()
    assert (low <= mean).all()
    assert (mean <= high).all()


def test_what_an_area_asks_for_is_neither_lost_nor_made_up(draw: Callable[..., Any]) -> None:
    world = draw(1, 14, 4, 30, 2.0, 8.0, 0.3)
    levels = world.levels(MODEL)
    np.testing.assert_allclose(levels.vacancies.sum(axis=2), world.cells.totals, rtol=1e-12)


def test_roll_ups_conserve_what_is_rolled_up(draw: Callable[..., Any]) -> None:
    world = draw(2, 3, 4, 30, 2.0, 8.0, 0.3)
    grid, persons = world.grid, world.cells.persons
    for total in (grid.by_group(persons), grid.by_trade(persons)):
        np.testing.assert_allclose(total.sum(axis=-1), persons.sum(axis=-1))
    _, group, city, *_ = by_level(persons, grid)
    np.testing.assert_allclose(group[:, :, 0], persons[:, :, :10].sum(axis=2))
    np.testing.assert_allclose(city[:, 0], persons.sum(axis=1))


def test_the_narrowest_level_with_enough_ads_is_used(make_axes: Callable[..., Grid]) -> None:
    grid = make_axes(1, 2, 20)
    ads = np.zeros(grid.shape)
    ads[0, 0, 0] = 30.0  # enough alone
    ads[0, 1, 0] = 3.0  # enough with the other district's
    ads[0, 1, 10:14] = 6.0  # enough with their group's
    used = level_used(by_level(ads, grid))
    told = [LEVELS[used[0, area, skill]] for area, skill in ((0, 0), (1, 0), (1, 10), (0, 15))]
    assert told == ["skill/district", "skill/city", "group/district", "group/city"]


def test_nothing_counted_rests_on_the_widest_level(make_axes: Callable[..., Grid]) -> None:
    grid = make_axes(1, 2, 20)
    used = level_used(by_level(np.zeros(grid.shape), grid))
    assert (used == len(LEVELS) - 1).all()


def test_older_ads_count_for_less() -> None:
    told = discounted(np.array([8.0, 0.0, 2.0])[:, None, None], 0.5)
    assert told.ravel().tolist() == [8.0, 4.0, 4.0]


def test_a_cell_of_one_month_that_is_never_repeated_fades(make_axes: Callable[..., Grid]) -> None:
    grid = make_axes(12, 3, 20)
    counts = np.ones(grid.shape)
    counts[3, 0, 0] = 40.0
    found = filter_levels(expect(counts, grid), MODEL)
    level = found.own_alpha[:, 0, 0] / found.own_beta[:, 0, 0]
    assert level[3] > 5
    assert level[11] < 0.6 * level[3]


def test_a_shortage_is_seen_in_its_own_bounds_before_the_shrunk_estimate(
    draw: Callable[..., Any],
) -> None:
    world = draw(3, 6, 5, 30, 0.6, 50.0, 0.05)
    persons = world.cells.persons.copy()
    persons[:, 0, 0] = 4.0
    cells = make_cells(persons, persons)
    levels = estimate(cells, expectation(cells, world.grid), world.grid, MODEL)
    assert levels.own_low[-1, 0, 0] > np.delete(levels.own_low[-1].ravel(), 0).max()


def test_weights_that_differ_tell_less_than_as_many_equal_ones() -> None:
    weights = np.array([1.0, 1.0, 1.0, 5.0])
    told = effective(np.array([weights.sum()]), np.array([(weights**2).sum()]))
    assert 1 < told[0] < 4


@pytest.mark.parametrize("growth", [-0.08, 0.0, 0.05])
def test_a_trend_is_found_beyond_the_season(growth: float) -> None:
    number = np.arange(24)
    season = 1 + 0.4 * np.sin(number)
    counts = (200 * season * np.exp(growth * number))[:, None]
    found, low, high = trends(counts, season)[:, -1, 0]
    assert found == pytest.approx(np.expm1(growth), abs=0.01)
    assert low <= found <= high


def test_a_trend_of_few_months_or_few_ads_is_not_told() -> None:
    assert np.isnan(trends(np.ones((5, 1)) * 100, np.ones(5))).all()
    assert np.isnan(trends(np.ones((12, 1)) * 0.1, np.ones(12))[:, -1]).all()


@given(st.integers(0, 200))
def test_calibrated_ends_hold_the_past_as_often_as_promised(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2, 2, 4000)
    actual = rng.poisson(mean * rng.gamma(3, 1 / 3, 4000)).astype(np.float64)
    low, high = quantiles(mean, np.full(4000, 100.0), 1.0)  # too sure by far
    ends = stretched(mean, low, high, calibrate(actual, mean, low, high))
    held = ((actual >= ends[0]) & (actual <= ends[1])).mean()
    assert 0.89 <= held <= 0.93


def test_with_a_month_of_history_a_forecast_still_has_an_interval(
    draw: Callable[..., Any],
) -> None:
    world = draw(4, 1, 3, 20, 1.0, 8.0, 0.3)
    found = forecast(world.levels(MODEL), world.grid, 1)
    assert (found.low <= found.mean).all()
    assert (found.high > found.mean).all()


@pytest.mark.slow
@pytest.mark.parametrize(("mean", "kappa"), [(0.3, 20.0), (3.0, 8.0), (30.0, 8.0)])
def test_forecasts_hold_nine_of_ten_months_of_a_gamma_poisson_world(
    draw: Callable[..., Any], mean: float, kappa: float
) -> None:
    """The next month's true counts, after fitting on the months before."""
    inside, cells = 0, 0
    for seed in range(6):
        world = draw(seed, 25, 6, 120, mean, kappa, 0.3)
        past = world.cells.persons[:-1]
        known = make_cells(past, past)
        grid = world.grid
        axes = Grid(grid.months[:-1], grid.areas, grid.skills, grid.group, grid.trade)
        expected = expectation(known, axes)
        found = forecast(estimate(known, expected, axes, fit_model(expected)), axes, 1)
        actual = world.cells.persons[-1]
        inside += int(((actual >= found.low) & (actual <= found.high)).sum())
        cells += actual.size
    assert 0.87 <= inside / cells <= 0.93
