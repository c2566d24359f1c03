"""Levels of all cells with their intervals, and forecasts from any month as origin."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from features.demand.counts import effective
from features.demand.forecast import Origin, expected_persons, future_shape
from features.demand.grid import Grid
from features.demand.intervals import (
    TAIL,
    UNCALIBRATED,
    Calibration,
    calibrate,
    quantile,
    quantiles,
    stretched,
)
from features.demand.season import Season, fit_season
from features.demand.shrinkage import (
    DemandModel,
    Expected,
    Filtered,
    expect,
    filter_levels,
    shape_of,
)

Floats = NDArray[np.float64]

CALIBRATED_MONTHS: Final = 24
"""Past months, the newest, that intervals are calibrated on."""


MOST_CALIBRATED: Final = 100_000
"""Past cells that the intervals of a forecast are calibrated on; evenly spaced ones of more."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Weighted counts of all cells.

    Attributes:
        persons: y, persons sought, shape (M, A, K).
        kish: effective ads of each cell alone, (sum w)² / sum w².
        per_ad: c, persons an effective ad stands for, by month and area, shape (M, A, 1).
    """

    persons: Floats
    kish: Floats
    per_ad: Floats

    @property
    def counts(self) -> Floats:
        """Effective ads at the area's rate of persons an ad: what the model counts."""
        return self.persons / self.per_ad

    @property
    def totals(self) -> Floats:
        """Persons by month and area, shape (M, A)."""
        totals: Floats = self.persons.sum(axis=2)
        return totals


@dataclass(frozen=True, slots=True)
class Levels:
    """What the model says of every cell, shape (M, A, K).

    Attributes:
        cells: the counts.
        model: the fitted model.
        filtered: its state after each month.
        share: each cell's share of its area's total; areas add up to 1.
        vacancies: the area's total times the share.
        low: 5 % end for the month's vacancies.
        high: 95 % end.
        own_low: 5 % end of the level as the cell's own ads tell it, almost alone; persons such
            months bring on average.
        own_high: 95 % end of it.
        season: fitted on all months.
        reading_spread: relative error of a skill's count that more ads don't lessen.
    """

    cells: Cells
    model: DemandModel
    filtered: Filtered
    share: Floats
    vacancies: Floats
    low: Floats
    high: Floats
    own_low: Floats
    own_high: Floats
    season: Season
    reading_spread: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """One month ahead, shape (A, K).

    Attributes:
        mean: expected persons; adds up over cells.
        median: the number that comes out higher as often as lower; misses least in absolute
            terms, and doesn't add up.
        low: 5 % end.
        high: 95 % end.
    """

    mean: Floats
    median: Floats
    low: Floats
    high: Floats


def make_cells(persons: Floats, squares: Floats) -> Cells:
    """Cells from sums of weights and of their squares, shape (M, A, K)."""
    total, squared = (values.sum(axis=2, keepdims=True) for values in (persons, squares))
    everywhere = squares.sum() / max(persons.sum(), 1e-300)
    usual = np.full_like(total, everywhere if everywhere > 0 else 1.0)
    per_ad = np.divide(squared, total, out=usual, where=total > 0)
    return Cells(persons, effective(persons, squares), per_ad)


def expectation(cells: Cells, grid: Grid) -> Expected:
    """What the model is fitted to."""
    return expect(cells.counts, grid)


def estimate(
    cells: Cells, expected: Expected, grid: Grid, model: DemandModel, spread: float = 0.0
) -> Levels:
    """Levels and intervals of every cell and month.

    Args:
        cells: weighted counts.
        expected: ``expectation`` of them.
        grid: the axes; areas may be districts or one city.
        model: the fitted model.
        spread: see ``Levels.reading_spread``.
    """
    filtered = filter_levels(expected, model)
    share = _normalised(expected.after * filtered.alpha / filtered.beta)
    mean = cells.totals[:, :, None] * share
    low, high = quantiles(mean, shape_of(filtered.alpha, model), cells.per_ad)
    recent = slice(-CALIBRATED_MONTHS, None)
    past = [values[recent].ravel() for values in (cells.persons, mean, low, high)]
    low, high = stretched(mean, low, high, calibrate(*past), spread)
    own = own_bounds(cells, expected, filtered, spread)
    season = fit_season(cells.totals.sum(axis=1), grid.months)
    return Levels(cells, model, filtered, share, mean, low, high, *own, season, spread)


def own_bounds(
    cells: Cells, expected: Expected, filtered: Filtered, spread: float
) -> tuple[Floats, Floats]:
    """5 % and 95 % ends of each cell's own level, widened by the error of reading."""
    alpha, beta = filtered.own_alpha, filtered.own_beta
    mean = cells.totals[:, :, None] * expected.after * alpha / beta
    low, high = (mean * gammaincinv(alpha, level) / alpha for level in (TAIL, 1 - TAIL))
    return stretched(mean, low, high, UNCALIBRATED, spread)


def origin(levels: Levels, grid: Grid, month: int) -> Origin:
    """What was known after a month, by its number; the season is fitted anew on what was."""
    known = slice(0, month + 1)
    totals, months = levels.cells.totals[known], grid.months[known]
    season = fit_season(totals.sum(axis=1), months)
    return Origin(months, totals, levels.share[month], levels.filtered.alpha[month], season)


def forecast(levels: Levels, grid: Grid, ahead: int, month: int | None = None) -> Forecast:
    """Persons ``ahead`` months after a month, the last one unless told otherwise.

    Intervals are calibrated by what forecasts from earlier months, of the same number of months
    ahead, missed by; only months up to the origin are looked at.
    """
    last = len(grid.months) - 1 if month is None else month
    mean, shape = _raw(levels, grid, last, ahead)
    per_ad = levels.cells.per_ad[last]
    low, high = quantiles(mean, shape, per_ad)
    calibration = past_misses(levels, grid, last, ahead)
    low, high = stretched(mean, low, high, calibration, levels.reading_spread)
    return Forecast(mean, quantile(mean, shape, per_ad, 0.5), low, high)


def past_misses(levels: Levels, grid: Grid, last: int, ahead: int) -> Calibration:
    """The calibration from origins whose future was known after month ``last``."""
    first = max(0, last - ahead + 1 - CALIBRATED_MONTHS)
    held: list[list[Floats]] = []
    step = max(1, levels.share[0].size * (last - ahead + 1 - first) // MOST_CALIBRATED)
    for month in range(first, last - ahead + 1):
        mean, shape = _raw(levels, grid, month, ahead)
        per_ad = np.broadcast_to(levels.cells.per_ad[month], mean.shape)
        part = [values.ravel()[month % step :: step] for values in (mean, shape, per_ad)]
        actual = levels.cells.persons[month + ahead].ravel()[month % step :: step]
        held.append([actual, part[0], *quantiles(*part)])
    if not held:
        return UNCALIBRATED
    return calibrate(*(np.concatenate(column) for column in zip(*held, strict=True)))


def _raw(levels: Levels, grid: Grid, month: int, ahead: int) -> tuple[Floats, Floats]:
    """Mean persons and shape, before any calibration."""
    known = origin(levels, grid, month)
    return expected_persons(known, ahead), future_shape(known, levels.model, ahead)


def _normalised(values: Floats) -> Floats:
    """Each month and area adds up to 1, or to 0 where nothing was counted."""
    total = values.sum(axis=2, keepdims=True)
    shares: Floats = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    return shares
