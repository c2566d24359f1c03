"""The backtest: plain methods do what their names say, and ours beats them where it should."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from features.demand.estimate import expectation, make_cells
from features.demand.fit import LEAST_MONTHS, START, fit_model
from features.demand.grid import after, make_grid
from training.demand.backtest import backtest, naive, seasonal_naive, ses, wape

MONTHS, AREAS, SKILLS = 26, 3, 30


def world(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Counts around a level of each cell, and the level."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(1.0, 0.7, (AREAS, SKILLS))
    return rng.poisson(level, (MONTHS, AREAS, SKILLS)).astype(np.float64), level


def grid(months: int = MONTHS):
    first = date(2023, 1, 1)
    names = [f"k{number:02}" for number in range(SKILLS)]
    vocabulary = pl.DataFrame(
        {"skill_id": names, "parent_id": [f"g{number // 10}" for number in range(SKILLS)]}
    )
    areas = pl.Series([f"33010{number}000000" for number in range(2, 2 + AREAS)])
    return make_grid(first, after(first, months - 1), areas, pl.Series(names), vocabulary)


def test_seasonal_naive_says_what_the_month_twelve_before_said() -> None:
    past = np.arange(24.0)[:, None, None]
    assert [seasonal_naive(past, step).item() for step in (1, 3, 12)] == [12.0, 14.0, 23.0]


def test_seasonal_naive_is_silent_in_its_first_year() -> None:
    assert np.isnan(seasonal_naive(np.ones((11, 1, 1)), 1)).all()
    assert seasonal_naive(np.ones((12, 1, 1)), 1).item() == 1.0


def test_naive_repeats_and_ses_smooths() -> None:
    past = np.array([4.0, 8.0, 0.0])[:, None, None]
    assert naive(past, 1).item() == 0.0
    assert 0.0 < ses(past, 1).item() < 8.0


def test_steady_cells_are_forecast_better_than_by_any_plain_method() -> None:
    counts, _ = world()
    cells = make_cells(counts, counts)
    errors, intervals = backtest(cells, grid(), [20, 23], [1, 2])
    told = {
        row["model"]: row["wape"] for row in wape(errors).filter(pl.col("ahead") == 1).to_dicts()
    }
    assert told["xuepei"] < min(told["ses"], told["naive"], told["seasonal_naive"])
    assert intervals["cells"].sum() == 4 * AREAS * SKILLS


def test_months_that_have_not_come_are_not_judged() -> None:
    counts, _ = world()
    errors, _ = backtest(make_cells(counts, counts), grid(), [MONTHS - 2], [1, 3])
    assert errors["ahead"].unique().to_list() == [1]


def test_a_forecast_sees_nothing_after_its_origin() -> None:
    counts, _ = world()
    changed = counts.copy()
    changed[22:] *= 9
    first, second = (
        backtest(make_cells(values, values), grid(), [20], [1], counts)[0]
        for values in (counts, changed)
    )
    assert first.equals(second)


@pytest.mark.parametrize(("noise", "spread"), [(2.0, 0.05), (50.0, 0.8)])
def test_the_fit_finds_noisy_months_and_scattered_levels(noise: float, spread: float) -> None:
    rng = np.random.default_rng(3)
    level = rng.gamma(1 / spread, spread, (AREAS, SKILLS))
    month = rng.gamma(noise, 1 / noise, (MONTHS, AREAS, SKILLS))
    counts = rng.poisson(20 * level * month).astype(np.float64)
    cells = make_cells(counts, counts)
    model = fit_model(expectation(cells, grid()))
    assert noise / 2 < model.dispersion < noise * 2.5
    assert model.discount > 0.9
    assert (model.prior_variance > 0.3) == (spread > 0.3)


def test_before_anything_could_be_predicted_the_defaults_stand() -> None:
    counts = world()[0][: LEAST_MONTHS - 1]
    cells = make_cells(counts, counts)
    assert fit_model(expectation(cells, grid(LEAST_MONTHS - 1))) == START
