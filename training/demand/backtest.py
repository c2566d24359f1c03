"""Rolling origins: forecasts made month after month from what was known, held against what came.

At every origin the model is fitted anew on the months up to it. Beside it stand the plain
methods that it must beat:

    naive            the last month again
    seasonal naive   the month twelve before the one forecast
    ses              each cell smoothed exponentially by .3

WAPE = sum |forecast - actual| / sum actual, over all cells of all origins.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.demand.estimate import Cells, Forecast, Levels, estimate, expectation, forecast
from features.demand.fit import fit_model
from features.demand.forecast import SMOOTHING
from features.demand.grid import Grid
from features.demand.intervals import STRATA, stratum_of

Floats = NDArray[np.float64]
Baseline = Callable[[Floats, int], Floats]

YEAR: Final = 12


def naive(past: Floats, _ahead: int) -> Floats:
    """The last month again, shape (A, K).

    Args:
        past: persons, shape (M, A, K).
    """
    last: Floats = past[-1]
    return last


def seasonal_naive(past: Floats, ahead: int) -> Floats:
    """The same month of the year before; NaN where it isn't known.

    >>> seasonal_naive(np.arange(12.0)[:, None, None], 1).tolist()
    [[0.0]]
    """
    return (
        past[ahead - 1 - YEAR] if len(past) >= YEAR - ahead + 1 else np.full_like(past[-1], np.nan)
    )


def ses(past: Floats, _ahead: int) -> Floats:
    """Simple exponential smoothing of each cell by ``SMOOTHING``, from its first month.

    >>> ses(np.array([0.0, 10.0])[:, None, None], 1).tolist()
    [[3.0]]
    """
    level: Floats = past[0]
    for month in past[1:]:
        level = SMOOTHING * month + (1 - SMOOTHING) * level
    return level


BASELINES: Final[dict[str, Baseline]] = {
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "ses": ses,
}


def levels_until(cells: Cells, grid: Grid, month: int) -> tuple[Levels, Grid]:
    """Levels fitted on the months up to one, by its number, and their axes."""
    known = slice(0, month + 1)
    part = Cells(cells.persons[known], cells.kish[known], cells.per_ad[known])
    axes = Grid(grid.months[known], grid.areas, grid.skills, grid.group, grid.trade)
    expected = expectation(part, axes)
    return estimate(part, expected, axes, fit_model(expected)), axes


def backtest(
    cells: Cells,
    grid: Grid,
    origins: Sequence[int],
    ahead: Sequence[int],
    actual: Floats | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Forecast from every origin and count the misses.

    Args:
        cells: weighted counts of all months.
        grid: the axes.
        origins: numbers of the last known months.
        ahead: how many months after an origin are forecast.
        actual: persons that were truly sought, shape (M, A, K); left out, those counted.

    Returns:
        The errors: origin, ahead, model, error (sum of absolute misses), actual (sum). And the
        intervals: origin, ahead, stratum, cells, inside, by strata of the expected persons.
    """
    came = cells.persons if actual is None else actual
    errors: list[dict[str, object]] = []
    held: list[pl.DataFrame] = []
    for month in origins:
        levels, axes = levels_until(cells, grid, month)
        for step in ahead:
            if month + step >= len(came):
                continue
            found, then = forecast(levels, axes, step), came[month + step]
            key: dict[str, object] = {"origin": grid.months[month], "ahead": step}
            points = {"xuepei": found.mean, "xuepei_median": found.median}
            for name, method in BASELINES.items():
                points[name] = method(cells.persons[: month + 1], step)
            for name, point in points.items():
                errors.append({**key, "model": name, **miss(point, then)})
            held.append(
                inside(found, then).with_columns(pl.lit(v).alias(n) for n, v in key.items())
            )
    return pl.DataFrame(errors), pl.concat(held) if held else pl.DataFrame()


def miss(point: Floats, actual: Floats) -> dict[str, float]:
    """Sum of absolute misses and of what came."""
    return {"error": float(np.abs(point - actual).sum()), "actual": float(actual.sum())}


def inside(found: Forecast, actual: Floats) -> pl.DataFrame:
    """Cells and how many lie within their interval, by stratum of what was expected."""
    return held_by_stratum(found.mean, found.low, found.high, actual)


def held_by_stratum(mean: Floats, low: Floats, high: Floats, actual: Floats) -> pl.DataFrame:
    """stratum, cells, inside; ends belong to the interval."""
    stratum = stratum_of(mean).ravel()
    within = ((actual >= low) & (actual <= high)).ravel()
    size = len(STRATA) + 1
    return pl.DataFrame(
        {
            "stratum": np.arange(size),
            "cells": np.bincount(stratum, minlength=size),
            "inside": np.bincount(stratum, within, size).astype(np.int64),
        }
    )


def wape(errors: pl.DataFrame) -> pl.DataFrame:
    """ahead, model, wape over all origins; null where a model had nothing to say."""
    total = errors.group_by("ahead", "model", maintain_order=True).agg(
        pl.col("error").sum(), pl.col("actual").sum()
    )
    return total.select(
        "ahead", "model", (pl.col("error") / pl.col("actual")).fill_nan(None).alias("wape")
    )
