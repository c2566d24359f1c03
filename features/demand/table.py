"""The demand table: every month, area and skill, with what is known and how well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.demand.estimate import Forecast, Levels, forecast
from features.demand.figures import KEY, salary_quartiles
from features.demand.grid import Grid, after
from features.demand.rollup import LEVELS, by_level, chosen, discounted, level_used
from features.demand.trend import trends

Floats = NDArray[np.float64]

COLUMNS: Final[Mapping[str, pl.DataType]] = {
    "month": pl.Date(),
    "division_code": pl.String(),
    "skill_id": pl.String(),
    "ads": pl.Int64(),
    "live": pl.Int64(),
    "headcount": pl.Int64(),
    "vacancies": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n_eff": pl.Float64(),
    "salary_q25": pl.Float64(),
    "salary_q50": pl.Float64(),
    "salary_q75": pl.Float64(),
    "trend": pl.Float64(),
    "trend_low": pl.Float64(),
    "trend_high": pl.Float64(),
    "season": pl.Float64(),
    "freshness_days": pl.Int64(),
    "sources": pl.String(),
    "level": pl.String(),
    "own_low": pl.Float64(),
    "own_high": pl.Float64(),
}
"""Columns of the table and their types, in order."""

SIGNIFICANT: Final = 6
"""Digits kept of every figure: more say nothing, and sums may differ in the last bits."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Frames that the table joins to what the model says.

    Attributes:
        plain: ``figures.plain_figures``.
        found: ``figures.mentioned``.
    """

    plain: pl.DataFrame
    found: pl.DataFrame


def demand_table(
    districts: Levels, city: Levels, grid: Grid, facts: Facts, months: Sequence[date]
) -> pl.DataFrame:
    """Rows of some months for every district, the whole city, and every skill.

    A city's vacancies are the sum of its districts'; its interval is that of its own level.

    Args:
        districts: levels of the districts.
        city: levels of the city as one area.
        grid: the districts' axes.
        facts: plain figures.
        months: months wanted, on the grid.

    Returns:
        ``COLUMNS``, ordered by month, division_code and skill_id.
    """
    chosen_months = [grid.months.index(month) for month in months]
    rows = pl.concat(
        [
            _model_rows(districts, grid, grid.areas, chosen_months, whole=False),
            _model_rows(_summed(city, districts), grid, (grid.city,), chosen_months, whole=True),
        ]
    )
    joined = (
        rows.join(facts.plain, on=KEY, how="left")
        .with_columns(pl.col("ads", "live").fill_null(0))
        .join(_pay(facts.found, grid), on=[*KEY, "level"], how="left")
    )
    return _in_order(joined)


def forecast_table(
    districts: Levels, city: Levels, grid: Grid, ahead: Sequence[int]
) -> pl.DataFrame:
    """Forecast rows: the key, ahead (months), vacancies, median, low, high, season.

    Args:
        districts: levels of the districts.
        city: levels of the city as one area.
        grid: the districts' axes.
        ahead: how many months after the last known one.
    """
    parts: list[pl.DataFrame] = []
    for step in ahead:
        own, whole = forecast(districts, grid, step), forecast(city, grid, step)
        total = own.mean.sum(axis=0, keepdims=True)
        ratio = _ratio(total, whole.mean)
        scaled = Forecast(total, *(v * ratio for v in (whole.median, whole.low, whole.high)))
        month = after(grid.months[-1], step)
        factor = float(districts.season.factors([month])[0])
        known = districts.season.effects is not None
        for figures, areas in ((own, grid.areas), (scaled, (grid.city,))):
            parts.append(
                _keys([month], areas, grid).with_columns(
                    pl.lit(step, pl.Int64).alias("ahead"),
                    pl.Series("vacancies", figures.mean.ravel()),
                    pl.Series("median", figures.median.ravel()),
                    pl.Series("low", figures.low.ravel()),
                    pl.Series("high", figures.high.ravel()),
                    pl.lit(factor if known else None, pl.Float64).alias("season"),
                )
            )
    frame = pl.concat(parts).sort(KEY)
    return frame.with_columns(pl.selectors.float().round_sig_figs(SIGNIFICANT))


def evidence_table(found: pl.DataFrame, city: str) -> pl.DataFrame:
    """The advertisements behind each figure: key, posting_id, vacancy_id, counted.

    ``counted`` is false for copies: they are in ``ads`` alone. An advertisement of unknown
    district stands under the city's code; a figure of the city rests on all districts' too.
    """
    return found.select(
        "month",
        pl.col("division_code").fill_null(city),
        "skill_id",
        "posting_id",
        "vacancy_id",
        (pl.col("weight") > 0).alias("counted"),
    ).sort(*KEY, "posting_id")


def _model_rows(
    levels: Levels, grid: Grid, areas: Sequence[str], months: Sequence[int], *, whole: bool
) -> pl.DataFrame:
    """What the model says, one row a cell of the months wanted."""
    counts = levels.cells.counts
    held = by_level(discounted(levels.cells.kish, levels.model.discount), grid)
    first = 2 if whole else 0
    used = level_used(held[first:])
    season = levels.season.factors(grid.months)
    growth = [trends(values, season) for values in by_level(counts, grid)[first:]]
    told = levels.season.effects is not None
    figures = {
        "vacancies": levels.vacancies,
        "low": levels.low,
        "high": levels.high,
        "own_low": levels.own_low,
        "own_high": levels.own_high,
        "n_eff": held[0],
        **{
            name: chosen([values[place] for values in growth], used)
            for place, name in enumerate(("trend", "trend_low", "trend_high"))
        },
        "season": np.broadcast_to(season[:, None, None], counts.shape)
        if told
        else np.full(counts.shape, np.nan),
    }
    names = pl.Series("level", LEVELS[first:]).gather(used[months].ravel())
    return _keys([grid.months[month] for month in months], areas, grid).with_columns(
        *(pl.Series(name, values[months].ravel()) for name, values in figures.items()), names
    )


def _summed(city: Levels, districts: Levels) -> Levels:
    """The city's levels brought to the sum of its districts'."""
    total = districts.vacancies.sum(axis=1, keepdims=True)
    ratio = _ratio(total, city.vacancies)
    ends = ("low", "high", "own_low", "own_high")
    scaled = {name: getattr(city, name) * ratio for name in ends}
    return replace(city, vacancies=total, **scaled)


def _ratio(total: Floats, own: Floats) -> Floats:
    return np.divide(total, own, out=np.ones_like(total), where=own > 0)


def _keys(months: Sequence[date], areas: Sequence[str], grid: Grid) -> pl.DataFrame:
    """The key of every cell, in the order of ravelled arrays."""
    shape = (len(months), len(areas), len(grid.skills))
    month, area, skill = np.indices(shape).reshape(3, -1)
    return pl.DataFrame(
        {
            "month": pl.Series(list(months), dtype=pl.Date).gather(month),
            "division_code": pl.Series(list(areas), dtype=pl.String).gather(area),
            "skill_id": pl.Series(list(grid.skills), dtype=pl.String).gather(skill),
        }
    )


def _pay(found: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """Quartiles of pay at every level, keyed by the cells that may use them."""
    names = pl.DataFrame(
        {
            "skill_id": pl.Series(list(grid.skills), dtype=pl.String),
            "group": grid.group,
            "trade": grid.trade[grid.group],
        }
    )
    coded = found.join(names, on="skill_id").with_columns(
        pl.lit(grid.city).alias("city"), pl.col("division_code").alias("district")
    )
    areas = {
        "district": pl.DataFrame({"division_code": grid.areas, "district": grid.areas}),
        "city": pl.DataFrame(
            {"division_code": [*grid.areas, grid.city], "city": [grid.city] * (len(grid.areas) + 1)}
        ),
    }
    parts: list[pl.DataFrame] = []
    for level in LEVELS:
        what, where = level.split("/")
        key = "skill_id" if what == "skill" else what
        unique = coded.unique(
            ["vacancy_id", "month", key, where], keep="first", maintain_order=True
        )
        quartiles = salary_quartiles(unique, [pl.col(key), pl.col(where)])
        spread = quartiles.join(areas[where], on=where)
        full = spread if what == "skill" else spread.join(names, on=key)
        parts.append(full.select(*KEY, "^salary_q.*$", pl.lit(level).alias("level")))
    return pl.concat(parts)


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """The table's columns, unknown figures null, ordered by its key."""
    floats = [name for name, dtype in COLUMNS.items() if dtype == pl.Float64()]
    return (
        rows.with_columns(pl.col(floats).fill_nan(None).round_sig_figs(SIGNIFICANT))
        .select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
        .sort(KEY)
    )
